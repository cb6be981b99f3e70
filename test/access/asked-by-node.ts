import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
  json<T = Record<string, unknown>>(): T;
}

/** A header more than once is more than one entry. */
export type HeaderList = readonly (readonly [string, string])[];

let asked = 0;

/** An address of its own for each request: what one is refused for must not count against another. */
export const freshAddress = (): string => {
  asked += 1;
  return `10.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`;
};

/** Requests exactly as they are written: nothing of the address is tidied up, no header added but `Host`. */
export class RawClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 8 });

  constructor(private readonly url: string) {}

  ask(method: string, path: string, headers: HeaderList = [], body = ''): Promise<Answer> {
    const { hostname, port, host } = new URL(this.url);
    // Without it Node would send an empty body in chunks.
    const length = ['GET', 'HEAD'].includes(method) ? [] : [['Content-Length', String(Buffer.byteLength(body))]];
    const all = [['Host', host], ...length, ...headers];
    return new Promise((resolve, reject) => {
      const sent = request({ agent: this.agent, hostname, port, method, path, headers: all.flat() }, (response) => {
        if (response.headers['content-type']?.startsWith('text/event-stream') && method !== 'HEAD') {
          // It never ends, and was let in.
          response.destroy();
          const { statusCode = 0, headers: answered } = response;
          return resolve({ status: statusCode, headers: answered, body: '', json: () => null as never });
        }
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject).once('end', () => {
          const text = Buffer.concat(chunks).toString();
          const { statusCode = 0, headers: answered } = response;
          resolve({ status: statusCode, headers: answered, body: text, json: () => JSON.parse(text) as never });
        });
      });
      sent.once('error', reject).end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

export const JSON_BODY = ['Content-Type', 'application/json'] as const;
