import type { Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Body, Controller, Post } from '@nestjs/common';
import { OpenWrite } from '../../../src/platform/http/access/route-access.js';
import { BodyAsSent } from '../../../src/platform/http/bodies/body-as-sent.js';
import { RouteIs } from '../../../src/platform/http/route-properties.js';
import { eventually } from '../../support/waiting.js';
import { codeOf, firstAnswered, useHeldRequests } from './held-requests.js';
import { answerOn } from './small-service.js';

const TOKEN = 'a-token-of-32-characters-or-more';
const BODY = Buffer.from(JSON.stringify({ text: 'a body'.repeat(100) }));

@Controller()
class TakingController {
  @Post('clicks')
  @OpenWrite()
  @RouteIs({ clicksOnly: true })
  @BodyAsSent()
  clicks(@Body() body: Buffer): unknown {
    return { bytes: body.length };
  }
}

/** A brotli body of 1 kB takes 0.8 MB before a byte of it is unpacked: 300 of them took 210 MB. */
describe('packed bodies that are held', () => {
  const requests = useHeldRequests();

  async function send(packed: Buffer, encoding: string, header: string, bytes = packed.length): Promise<Socket> {
    const socket = await requests.open(
      `POST /clicks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Encoding: ${encoding}\r\n${header}Content-Length: ${packed.length}\r\n\r\n`,
    );
    socket.write(packed.subarray(0, bytes));
    return socket;
  }

  it.each([
    ['br, without the key', 'br', brotliCompressSync(BODY), '', 2],
    ['br, with the key', 'br', brotliCompressSync(BODY), `X-API-Token: ${TOKEN}\r\n`, 8],
    ['gzip, without the key', 'gzip', gzipSync(BODY), '', 125],
  ])('%s: what unpacks them is bounded, and plain bodies are taken', async (_, encoding, packed, header, most) => {
    await requests.start(TakingController, { API_TOKEN: TOKEN });
    const many = await Promise.all(
      Array.from({ length: most + 1 }, () => send(packed, encoding, header, packed.length - 1)),
    );
    const { answers, first: refused } = await firstAnswered(many);
    expect(codeOf(refused.answer)).toEqual([503, 'overloaded']);
    expect(refused.answer.headers.get('retry-after')).toBe('1');
    expect((await answerOn(await send(BODY, 'identity', header))).status).toBe(201);
    for (const [index, socket] of many.entries()) if (index !== refused.index) socket.write(packed.subarray(-1));
    const statuses = await Promise.all(answers.map(async (answer) => (await answer).status));
    expect(statuses.sort()).toEqual([...Array<number>(most).fill(201), 503]);
    await eventually(async () => expect((await answerOn(await send(packed, encoding, header))).status).toBe(201), {
      within: 5_000,
      what: 'the room is given back',
    });
  });
});
