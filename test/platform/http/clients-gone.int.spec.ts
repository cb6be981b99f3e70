import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { LiveAccessReader } from '../../../src/access/application/live-access-reader.port.js';
import { RateLimits } from '../../../src/access/rest/rate-limits.js';
import { HeldAnswers } from '../../../src/platform/http/answers/held-answers.js';
import { Open, OpenWrite } from '../../../src/platform/http/access/route-access.js';
import { ProblemDetailsFilter } from '../../../src/platform/http/problems/problem-details.filter.js';
import type { MemoryLiveAccess } from '../../access/memory-live-access.js';
import { eventually } from '../../support/waiting.js';
import { connectTo, type SmallService, startSmallService } from './small-service.js';

const LARGE = 'x'.repeat(100_000);

let clicks = 0;
/** Lets those go on that asked for `/late`, and says whose request it is. */
let late: { readonly request: FastifyRequest; readonly goOn: () => void }[] = [];

@Controller()
class LateController {
  @Get('late')
  @Open()
  async late(@Req() request: FastifyRequest): Promise<string> {
    await new Promise<void>((goOn) => late.push({ request, goOn }));
    return LARGE;
  }

  @Post('clicks')
  @OpenWrite()
  @HttpCode(200)
  click(): unknown {
    clicks += 1;
    return {};
  }
}

describe('clients that have gone before', () => {
  let service: SmallService;

  beforeEach(async () => {
    [clicks, late] = [0, []];
    service = await startSmallService(LateController, { API_TOKEN: 'a-token-of-32-characters-or-more' });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await service.app.close();
  });

  /** Closes a connection, until the service knows it. */
  async function leave(socket: Socket): Promise<void> {
    const open = () =>
      new Promise<number>((resolve) => service.app.getHttpServer().getConnections((_, count) => resolve(count)));
    socket.destroy();
    await eventually(async () => expect(await open()).toBe(0), { within: 5_000, what: 'the connection is closed' });
  }
  async function askedLate() {
    const socket = await connectTo(service.port, 'GET /late HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await eventually(() => expect(late).toHaveLength(1), { within: 5_000, what: 'the request has come' });
    await leave(socket);
    return late[0]!;
  }

  it('while their cookie was looked up: nothing is done for them, and it is no fault of ours', async () => {
    const reader = service.app.get<MemoryLiveAccess>(LiveAccessReader);
    const lookups = jest.spyOn(reader, 'sessions');
    reader.hanging = 'sessions';
    const answered = jest.spyOn(ProblemDetailsFilter.prototype, 'answer');
    const cookie = `Cookie: monitoreo_session=${randomBytes(32).toString('base64url')}`;
    const socket = await connectTo(
      service.port,
      `POST /clicks HTTP/1.1\r\nHost: localhost\r\n${cookie}\r\nContent-Length: 0\r\n\r\n`,
    );
    await eventually(() => expect(lookups).toHaveBeenCalled(), { within: 5_000, what: 'the cookie is looked up' });
    await leave(socket);
    reader.answer();
    await eventually(() => expect(answered).toHaveBeenCalled(), { within: 5_000, what: 'the request has ended' });
    expect(answered.mock.calls[0]![0]).toMatchObject({ status: 499 });
    expect(clicks).toBe(0);
  });

  it('are not counted for a limit, because their address is not known any more', async () => {
    const { request } = await askedLate();
    const refused = await service.app.get(RateLimits).failure(request, null as never);
    expect(refused?.status).toBe(499);
    // The system knows of a reset before Node does.
    const reset = { raw: { socket: { destroyed: false, remoteAddress: undefined } } } as unknown as FastifyRequest;
    expect((await service.app.get(RateLimits).post(reset, null as never))?.status).toBe(499);
  });

  it('hold no room for the answer that they do not get', async () => {
    const { goOn } = await askedLate();
    const answers = service.app.get(HeldAnswers);
    const held = jest.spyOn(answers, 'hold');
    goOn();
    await eventually(() => expect(held).toHaveBeenCalled(), { within: 5_000, what: 'the answer is sent' });
    expect(answers.bytes).toBe(0);
  });
});
