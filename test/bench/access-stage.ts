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
import { LoadShedding } from '../../src/platform/http/shedding/load-shedding.js';
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
const BLOCK = 500;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

interface Timing {
  readonly of: string;
  readonly t: number;
  readonly firstNs: number;
  readonly lastNs: number;
}

interface Block {
  readonly secrets: readonly string[];
  readonly check: (text: string) => boolean;
}

/** In process, each kind of wrong key in turns that a coin decides. */
export async function timingOfCheck(samples: number): Promise<Timing[]> {
  return [await timing('API_TOKEN', configuredKey, samples), await timing('a key of the table', keysOfTable, samples)];
}

function configuredKey(): Promise<Block> {
  const token = mintSecret();
  const configured = new ConfiguredKey(loadConfig([], {}).with({ API_TOKEN: token }));
  return Promise.resolve({ secrets: [token], check: (text) => configured.is(digestOf(text)) });
}

async function keysOfTable(): Promise<Block> {
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
  return { secrets, check: (text) => keys.find(digestOf(text)) !== null };
}

/**
 * Keys are made anew again and again: where the digest of one wrong key falls in a table has its own time, which says nothing
 * of the place where it is wrong, and over a fixed set of them would look as if it did.
 */
async function timing(of: string, renew: () => Promise<Block>, samples: number): Promise<Timing> {
  const taken: [number[], number[]] = [[], []];
  for (let n = -WARM_UP; n < samples; n += BLOCK) {
    const { secrets, check } = await renew();
    for (let place = 0; place < BLOCK; place++) {
      const which = Math.random() < 0.5 ? 0 : 1;
      const text = wrongly(secrets[Math.floor(Math.random() * secrets.length)]!, which);
      const began = process.hrtime.bigint();
      const letIn = check(text);
      const ns = Number(process.hrtime.bigint() - began);
      if (letIn) throw new Error('a wrong key was let in');
      if (n >= 0) taken[which].push(ns);
    }
  }
  const limit = quantile([...taken[0], ...taken[1]], KEPT_SHARE);
  const [first, last] = taken.map((all) => moments(all.filter((ns) => ns <= limit)));
  const t = (first!.mean - last!.mean) / Math.sqrt(first!.variance / first!.n + last!.variance / last!.n);
  return { of, t, firstNs: first!.mean, lastNs: last!.mean };
}

/** In the first byte (0), or in the last (1). */
function wrongly(secret: string, which: 0 | 1): string {
  const right = which === 0 ? secret[0]! : secret.at(-1)!;
  const letter = [...LETTERS].filter((other) => other !== right)[Math.floor(Math.random() * (LETTERS.length - 1))]!;
  return asSent(which === 0 ? letter + secret.slice(1) : secret.slice(0, -1) + letter);
}

/** A text of its own in memory, as one from a header is; a part of another would take its own time. */
const asSent = (text: string): string => Buffer.from(text).toString('latin1');

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
    const config = {
      provide: Config,
      useValue: loadConfig([access], {}).with({ API_TOKEN: token, MAX_EVENT_LOOP_DELAY_MS: 0 }),
    };
    const providers = [LoadShedding, OpenRequests, HeldAnswers, Health, Telemetry, Clock, config, ...ACCESS_IN_MEMORY];
    return { module: SmallModule, controllers: [HelloController], providers };
  }
}

interface Cost {
  /** Microseconds of processor; the client is in the same process and costs the same both times. */
  readonly openUs: number;
  readonly keyedUs: number;
  /** The difference within each pair of blocks, which run one after the other, so that other work of the machine slows both. */
  readonly differenceUs: number;
  readonly ratio: number;
}

/** Blocks without keys and with one in turn, the order changing; medians over all pairs. */
export async function processorPerRequest(pairs: number, requests: number): Promise<Cost> {
  const services = await Promise.all([null, TOKEN].map((token) => startService(token)));
  const [open, keyed] = services as [Service, Service];
  const taken: { open: number; keyed: number }[] = [];
  for (let pair = -Math.ceil(pairs / 10); pair < pairs; pair++) {
    const used = { open: 0, keyed: 0 };
    for (const which of pair % 2 === 0 ? (['open', 'keyed'] as const) : (['keyed', 'open'] as const))
      used[which] = await block(which === 'open' ? open : keyed, requests);
    if (pair >= 0) taken.push(used);
  }
  for (const { close } of services) await close();
  const median = (of: (pair: { open: number; keyed: number }) => number) => quantile(taken.map(of), 0.5);
  return {
    openUs: median((pair) => pair.open),
    keyedUs: median((pair) => pair.keyed),
    differenceUs: median((pair) => pair.keyed - pair.open),
    ratio: median((pair) => pair.keyed / pair.open),
  };
}

/** @returns microseconds of processor for each request */
async function block({ agent, port }: Service, requests: number): Promise<number> {
  const before = process.cpuUsage();
  for (let n = 0; n < requests; n++) await ask(agent, port);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / requests;
}

interface Service {
  readonly port: number;
  readonly agent: Agent;
  readonly close: () => Promise<void>;
}

async function startService(token: string | null): Promise<Service> {
  const app = await createHttpApplication(SmallModule.with(token), { logger: quietLogger, version: '0.0.0-bench' });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const close = async () => {
    agent.destroy();
    await app.close();
  };
  return { port: Number(new URL(await app.getUrl()).port), agent, close };
}

/** Both send a key, so that the headers cost the same. */
function ask(agent: Agent, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { agent, port, host: '127.0.0.1', path: '/hello', headers: { 'x-api-token': TOKEN } },
      (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`answered ${answer.statusCode}`));
        answer.resume().once('end', resolve);
      },
    );
    sent.once('error', reject).end();
  });
}
