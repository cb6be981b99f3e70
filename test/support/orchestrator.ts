import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AppModule } from '../../src/app.module.js';
import { sampleData, type SampleData } from '../../src/cli/demo/upstreams/sample-data.js';
import { SERVICES, StandIn } from '../../src/cli/demo/upstreams/stand-in.js';
import { consolidated } from '../../src/consolidated/consolidated.slice.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { createHttpApplication } from '../../src/platform/http/http-server.js';
import { quietLogger, TestClock, type AnySettings } from './application.js';
import { TEST_TIME } from './events.js';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** The four stand-ins, and what they were asked. */
export class StandIns {
  readonly asked: SeenRequest[][] = [[], [], [], []];

  private constructor(readonly services: readonly StandIn[]) {}

  static async start(data: SampleData = sampleData(1)): Promise<StandIns> {
    const services: StandIn[] = [];
    const standIns = new StandIns(services);
    for (const [index, service] of SERVICES.entries()) {
      const onAsked = (asked: SeenRequest) => standIns.asked[index]!.push(asked);
      services.push(await StandIn.start(service, data, { onAsked }));
    }
    return standIns;
  }

  /** Configuration that leads to them. */
  get settings() {
    const [first, second, third, fourth] = this.services.map(({ url }) => url) as [string, string, string, string];
    return {
      MICROSERVICE1_URL: first,
      MICROSERVICE2_URL: second,
      MICROSERVICE3_URL: third,
      MICROSERVICE4_URL: fourth,
    };
  }

  /** How often each was asked since the last time that this was called. */
  counts(): number[] {
    return this.asked.map((asked) => asked.splice(0).length);
  }

  async stop(): Promise<void> {
    await Promise.all(this.services.map((service) => service.stop()));
  }
}

export interface TestOrchestrator {
  readonly url: string;
  readonly app: NestFastifyApplication;
  close(): Promise<void>;
}

/** The orchestrator's slice alone, in this process: it needs no PostgreSQL. Nothing is kept unless `settings` say so. */
export async function startOrchestrator(settings: AnySettings): Promise<TestOrchestrator> {
  const nowhere = { DATABASE_URL: 'postgresql://127.0.0.1:1/none' };
  const config = loadConfig([consolidated], {}).with({ ...nowhere, UPSTREAM_CACHE_MS: 0, ...settings }, 'a test');
  const module = await Test.createTestingModule({
    imports: [await AppModule.with(config, quietLogger, [consolidated])],
  })
    .overrideProvider(Clock)
    .useValue(new TestClock(TEST_TIME))
    .compile();
  const app = await createHttpApplication(module, { logger: quietLogger, version: '0.0.0-test' });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { url: await app.getUrl(), app, close: () => app.close() };
}
