import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { access } from '../../../src/access/access.slice.js';
import { Clock } from '../../../src/platform/clock/clock.js';
import { Config, loadConfig } from '../../../src/platform/config/config.js';
import type { Settings } from '../../../src/platform/config/variables.js';
import { createHttpApplication } from '../../../src/platform/http/http-server.js';
import { HeldAnswers } from '../../../src/platform/http/answers/held-answers.js';
import { LoadShedding } from '../../../src/platform/http/shedding/load-shedding.js';
import { OpenRequests } from '../../../src/platform/http/open-requests.js';
import { Health } from '../../../src/platform/observability/health.js';
import { Telemetry } from '../../../src/platform/observability/telemetry.js';
import { ACCESS_IN_MEMORY } from '../../access/access-in-memory.js';
import { quietLogger } from '../../support/application.js';

const ANSWER_DEADLINE_MS = 20_000;

@Module({})
class SmallModule {
  static with(controller: Type, settings: Partial<Settings>): DynamicModule {
    const config = {
      provide: Config,
      useValue: loadConfig([access], {}).with({ MAX_EVENT_LOOP_DELAY_MS: 0, ...settings }),
    };
    return {
      module: SmallModule,
      controllers: [controller],
      providers: [LoadShedding, OpenRequests, HeldAnswers, Health, Telemetry, Clock, config, ...ACCESS_IN_MEMORY],
    };
  }
}

/** The HTTP layer around one controller, not listening yet. */
export function createSmallService(
  controller: Type,
  settings: Partial<Settings> = {},
): Promise<NestFastifyApplication> {
  return createHttpApplication(SmallModule.with(controller, settings), { logger: quietLogger, version: '0.0.0-test' });
}

export interface SmallService {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly port: number;
}

export async function startSmallService(controller: Type, settings: Partial<Settings> = {}): Promise<SmallService> {
  const app = await createSmallService(controller, settings);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, port, url: `http://127.0.0.1:${port}` };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A connection of its own that sends just these bytes. */
export async function connectTo(port: number, bytes: string | Buffer = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  return socket;
}

/** The first answer on a connection that is not an interim one; whether the server then closes is for the caller to see. */
export async function answerOn(socket: Socket, { ofHead = false } = {}): Promise<RawAnswer> {
  let text = '';
  const deadline = setTimeout(() => socket.destroy(), ANSWER_DEADLINE_MS);
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      text += (chunk as Buffer).toString();
      const answer = parseAnswer(text, ofHead);
      if (answer) return answer;
    }
  } finally {
    clearTimeout(deadline);
  }
  throw new Error(`no whole answer: ${JSON.stringify(text)}`);
}

export async function askRaw(port: number, bytes: string | Buffer): Promise<RawAnswer> {
  const socket = await connectTo(port, bytes);
  try {
    return await answerOn(socket, { ofHead: bytes.toString().startsWith('HEAD ') });
  } finally {
    socket.destroy();
  }
}

function parseAnswer(text: string, ofHead: boolean): RawAnswer | null {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [start = '', ...lines] = text.slice(0, end).split('\r\n');
  if (start.includes(' 100 ')) return parseAnswer(text.slice(end + 4), ofHead);
  const headers = new Headers(lines.map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
  const body = text.slice(end + 4);
  if (!ofHead && Buffer.byteLength(body) < Number(headers.get('content-length'))) return null;
  return { status: Number(start.split(' ')[1]), headers, text: body };
}
