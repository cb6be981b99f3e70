import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** The faults that a service can show to whoever asks it. */
export const FAULTS = [
  'refuse',
  'hang',
  'error',
  'junk',
  'one_byte_a_second',
  'gigabyte',
  'redirect',
  'wrong_type',
  'gzip_bomb',
  'slow_headers',
  'half_open',
  'rate_limited',
] as const;
export type Fault = (typeof FAULTS)[number];

const SECOND_MS = 1_000;
const GIGABYTE = 2 ** 30;
const PIECE = Buffer.alloc(64 * 1024, ' ');
const UNPACKED_PIECE = 16 * 2 ** 20;
const RETRY_AFTER_SECONDS = 30;
const JSON_TYPE = { 'content-type': 'application/json' };
/** Made when it is needed. Gzip files one behind the other are one. */
let packedPiece: Buffer | null = null;

/** Each does its worst, in place of the answer, which some of them begin. */
const DO: Readonly<Record<Fault, (response: ServerResponse, answer: string) => void>> = {
  refuse: ({ socket }) => void socket?.resetAndDestroy(),
  hang: () => undefined,
  error: (response) => void response.writeHead(500, JSON_TYPE).end('{"error":"broken on purpose"}'),
  junk: (response) => void response.writeHead(200, JSON_TYPE).end('<<< this is no JSON >>>'),
  one_byte_a_second: (response, answer) => {
    response.writeHead(200, JSON_TYPE);
    everySecond(response, (second) => response.write(answer[second] ?? ' '));
  },
  gigabyte: (response) => {
    response.writeHead(200, JSON_TYPE).write('["');
    pour(response, PIECE, GIGABYTE / PIECE.length);
  },
  redirect: (response) =>
    void response.writeHead(302, { location: `http://${response.req.headers.host}/elsewhere` }).end(),
  wrong_type: (response, answer) => void response.writeHead(200, { 'content-type': 'text/html' }).end(answer),
  gzip_bomb: (response) => {
    packedPiece ??= gzipSync(Buffer.alloc(UNPACKED_PIECE, ' '));
    response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' });
    pour(response, packedPiece, GIGABYTE / UNPACKED_PIECE);
  },
  slow_headers: (response) => {
    response.socket?.write('HTTP/1.1 200 OK\r\n');
    everySecond(response, (second) => response.socket?.write(`x-padding-${second}: 1\r\n`));
  },
  half_open: (response, answer) => {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': Buffer.byteLength(answer) });
    response.write(answer.slice(0, answer.length / 2));
  },
  rate_limited: (response) =>
    void response.writeHead(429, { ...JSON_TYPE, 'retry-after': String(RETRY_AFTER_SECONDS) }).end('{}'),
};

export const doFault = (fault: Fault, response: ServerResponse, answer: string): void => DO[fault](response, answer);

/** Waits until the client has closed its connection. */
function everySecond(response: ServerResponse, act: (second: number) => void): void {
  let second = 0;
  act(second);
  const timer = setInterval(() => act((second += 1)), SECOND_MS);
  response.once('close', () => clearInterval(timer));
}

/** Sends as fast as the client takes it. */
function pour(response: ServerResponse, piece: Buffer, times: number): void {
  let left = times;
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(piece)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}

/** The whole body as a text. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
