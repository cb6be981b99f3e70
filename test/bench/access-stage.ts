import { Agent, request } from 'node:http';
import { Controller, Get, Module, type DynamicModule } from '@nestjs/common';
import { access } from '../../src/access/access.slice.js';
import { ConfiguredKey } from '../../src/access/application/keys/configured-key.js';
import { LiveKeys } from '../../src/access/application/keys/live-keys.js';
import { digestOf, mintSecret } from '../../src/access/domain/secret.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { Config, loadConfig } from '../../src/platform/config/config.js';
import { NeedsKey } from '../../src/platform/http/access/route-access.js';
import { HeldAnswers } from '../../src/platform/http/answers/held-answers.js';
import { createHttpApplication } from '../../src/platform/http/http-server.js';
import { OpenRequests } from '../../src/platform/http/open-requests.js';
import { Health } from '../../src/platform/observability/health.js';
import { Telemetry } from '../../src/platform/observability/telemetry.js';
import { ACCESS_IN_MEMORY } from '../access/access-in-memory.js';
import { MemoryLiveAccess } from '../access/memory-live-access.js';
import { quietLogger } from '../support/application.js';

const TOKEN = mintSecret();
/** Beyond it a sample was interrupted: by the collector, or another process. */
const KEPT_SHARE = 0.95;
const WARM_UP = 20_000;

interface Timing {
  readonly of: string;
  readonly t: number;
  readonly firstNs: number;
  readonly lastNs: number;
}

/** In process, each kind of wrong key in turns that a coin decides. */
export async function timingOfCheck(samples: number): Promise<Timing[]> {
  const stored = new MemoryLiveAccess();
  const secrets = Array.from({ length: 50 }, () => mintSecret());
  stored.secretsInForce = secrets.map((secret, n) => ({
    digest: digestOf(secret),
    keyId: `k${n}`,
    role: 'read',
    name: '',
    expiresAt: null,
  }));
  const keys = new LiveKeys(stored, new Clock());
  await keys.read();
  const configured = new ConfiguredKey(loadConfig([], {}).with({ API_TOKEN: TOKEN }));
  return [
    timing('API_TOKEN', TOKEN, (text) => configured.is(digestOf(text)), samples),
    timing('a key of the table', secrets[7]!, (text) => keys.find(digestOf(text)) !== null, samples),
  ];
}

function timing(of: string, secret: string, check: (text: string) => boolean, samples: number): Timing {
  const other = (text: string) => (text === 'A' ? 'B' : 'A');
  const wrong = [other(secret[0]!) + secret.slice(1), secret.slice(0, -1) + other(secret.at(-1)!)];
  const taken: [number[], number[]] = [[], []];
  for (let n = -WARM_UP; n < samples; n++) {
    const which = Math.random() < 0.5 ? 0 : 1;
    const began = process.hrtime.bigint();
    const letIn = check(wrong[which]!);
    const ns = Number(process.hrtime.bigint() - began);
    if (letIn) throw new Error('a wrong key was let in');
    if (n >= 0) taken[which].push(ns);
  }
  const limit = quantile([...taken[0], ...taken[1]], KEPT_SHARE);
  const [first, last] = taken.map((all) => moments(all.filter((ns) => ns <= limit)));
  const t = (first!.mean - last!.mean) / Math.sqrt(first!.variance / first!.n + last!.variance / last!.n);
  return { of, t, firstNs: first!.mean, lastNs: last!.mean };
}

function moments(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n: values.length, mean, variance: squares / (values.length - 1) };
}

const quantile = (values: number[], share: number): number =>
  values.sort((a, b) => a - b)[Math.floor(values.length * share)] ?? Infinity;

@NeedsKey('read')
@Controller()
class HelloController {
  @Get('hello')
  hello(): unknown {
    return { hello: true };
  }
}

@Module({})
class SmallModule {
  static with(token: string | null): DynamicModule {
    const config = { provide: Config, useValue: loadConfig([access], {}).with({ API_TOKEN: token }) };
    const providers = [OpenRequests, HeldAnswers, Health, Telemetry, Clock, config, ...ACCESS_IN_MEMORY];
    return { module: SmallModule, controllers: [HelloController], providers };
  }
}

/** Medians over rounds in turn, microseconds of processor; the client is in the same process and costs the same both times. */
export async function processorPerRequest(rounds: number, requests: number) {
  const services = await Promise.all([null, TOKEN].map((token) => startService(token)));
  const used: [number[], number[]] = [[], []];
  for (let round = -1; round < rounds; round++) {
    for (const [index, { port }] of services.entries()) {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const before = process.cpuUsage();
      for (let n = 0; n < requests; n++) await ask(agent, port, index === 1);
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) used[index === 0 ? 0 : 1].push((user + system) / requests);
      agent.destroy();
    }
  }
  for (const { close } of services) await close();
  const [openUs, keyedUs] = used.map((all) => quantile(all, 0.5));
  return { openUs: openUs!, keyedUs: keyedUs! };
}

async function startService(token: string | null) {
  const app = await createHttpApplication(SmallModule.with(token), { logger: quietLogger, version: '0.0.0-bench' });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { port: Number(new URL(await app.getUrl()).port), close: () => app.close() };
}

/** Both send a key, so that the headers cost the same. */
function ask(agent: Agent, port: number, asked: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { agent, port, host: '127.0.0.1', path: '/hello', headers: { 'x-api-token': TOKEN } },
      (answer) => {
        if (answer.statusCode !== 200)
          reject(new Error(`${answer.statusCode} ${asked ? 'with a key' : 'without keys'}`));
        answer.resume().once('end', resolve);
      },
    );
    sent.once('error', reject).end();
  });
}
