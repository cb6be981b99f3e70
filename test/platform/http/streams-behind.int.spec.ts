import { Readable } from 'node:stream';
import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Open } from '../../../src/platform/http/access/route-access.js';
import { eventually } from '../../support/waiting.js';
import { useHeldRequests } from './held-requests.js';

let streams: Readable[] = [];
/** Lets those go on that asked for `/late`. */
let late: (() => void)[] = [];

@Controller()
class StreamingController {
  @Get('never')
  @Open()
  never(): Promise<unknown> {
    return new Promise(() => undefined);
  }

  @Get('stream')
  @Open()
  stream(@Res() reply: FastifyReply): void {
    const stream = new Readable({ read: () => undefined });
    streams.push(stream);
    void reply.send(stream);
  }

  @Get('late')
  @Open()
  async late(@Res() reply: FastifyReply): Promise<void> {
    await new Promise<void>((resolve) => late.push(resolve));
    this.stream(reply);
  }
}

describe('streams that wait behind another answer of their connection', () => {
  const requests = useHeldRequests();
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

  it('end with the connection, so that their files are closed', async () => {
    streams = [];
    await requests.start(StreamingController);
    const socket = await requests.open(get('/never') + get('/stream').repeat(3));
    await eventually(() => expect(streams).toHaveLength(3), { within: 10_000, what: 'the streams are sent' });
    socket.destroy();
    const ended = () => expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true, true]);
    await eventually(ended, { within: 5_000, what: 'the streams have ended' });
  });

  it('end with the connection, too, when their turn has come', async () => {
    streams = [];
    await requests.start(StreamingController);
    const socket = await requests.open(get('/health/nothing') + get('/stream').repeat(2));
    await eventually(() => expect(streams).toHaveLength(2), { within: 10_000, what: 'the streams are sent' });
    socket.destroy();
    const ended = () => expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true]);
    await eventually(ended, { within: 5_000, what: 'the streams have ended' });
  });

  it('end at once when they are sent after the connection has closed', async () => {
    [streams, late] = [[], []];
    await requests.start(StreamingController);
    const socket = await requests.open(get('/never') + get('/late') + get('/stream'));
    await eventually(() => expect([late.length, streams.length]).toEqual([1, 1]), {
      within: 10_000,
      what: 'all have come',
    });
    socket.destroy();
    await eventually(() => expect(streams[0]!.destroyed).toBe(true), { within: 5_000, what: 'the close is known' });
    late[0]!();
    const ended = () => expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true]);
    await eventually(ended, { within: 5_000, what: 'the late one has ended' });
  });
});
