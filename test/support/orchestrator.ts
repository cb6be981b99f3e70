import { Global, Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { access } from '../../src/access/access.slice.js';
import { sampleData, type SampleData } from '../../src/cli/demo/upstreams/sample-data.js';
import { SERVICES, StandIn } from '../../src/cli/demo/upstreams/stand-in.js';
import { ConsolidatedModule } from '../../src/consolidated/consolidated.module.js';
import { consolidated } from '../../src/consolidated/consolidated.slice.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { Config, loadConfig } from '../../src/platform/config/config.js';
import { HeldAnswers } from '../../src/platform/http/answers/held-answers.js';
import { HealthController } from '../../src/platform/http/health.controller.js';
import { createHttpApplication } from '../../src/platform/http/http-server.js';
import { LoadShedding } from '../../src/platform/http/shedding/load-shedding.js';
import { OpenRequests } from '../../src/platform/http/open-requests.js';
import { TelemetryController } from '../../src/platform/http/telemetry.controller.js';
import { Health } from '../../src/platform/observability/health.js';
import { Logger } from '../../src/platform/observability/logger.js';
import { Telemetry } from '../../src/platform/observability/telemetry.js';
import { ACCESS_IN_MEMORY } from '../access/access-in-memory.js';
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

/** The parts of the platform that the slice needs: neither PostgreSQL nor Pulsar. */
@Global()
@Module({})
class SmallPlatform {
  static with(config: Config): DynamicModule {
    const providers = [
      { provide: Config, useValue: config },
      { provide: Clock, useValue: new TestClock(TEST_TIME) },
      { provide: Logger, useValue: quietLogger },
      Telemetry,
      Health,
      LoadShedding,
      OpenRequests,
      HeldAnswers,
      ...ACCESS_IN_MEMORY,
    ];
    return {
      module: SmallPlatform,
      controllers: [HealthController, TelemetryController],
      providers,
      exports: providers,
    };
  }
}

@Module({})
class SmallApp {
  static with(config: Config): DynamicModule {
    return { module: SmallApp, imports: [CqrsModule.forRoot(), SmallPlatform.with(config), ConsolidatedModule] };
  }
}

/** The orchestrator alone, in this process, on a free port. Nothing is kept unless `settings` say so. */
export async function startOrchestrator(settings: AnySettings): Promise<TestOrchestrator> {
  const config = loadConfig([access, consolidated], {}).with(
    { UPSTREAM_CACHE_MS: 0, MAX_EVENT_LOOP_DELAY_MS: 0, ...settings },
    'a test',
  );
  const app = await createHttpApplication(SmallApp.with(config), { logger: quietLogger, version: '0.0.0-test' });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { url: await app.getUrl(), app, close: () => app.close() };
}

export interface Answered {
  readonly status: number;
  readonly ms: number;
  readonly body: {
    readonly services_status: Readonly<Record<string, string>>;
    readonly sources: readonly {
      readonly name: string;
      readonly status: string;
      readonly attempts: number;
      readonly reason: string | null;
      readonly detail: string | null;
      readonly rejected_items: number;
    }[];
  } & Readonly<Record<string, unknown>>;
}

/** GET; `services_status` stands at the top whatever the route. */
export async function ask(url: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Answered> {
  const begun = performance.now();
  const response = await fetch(url, { headers, ...(signal ? { signal } : {}) });
  const body = (await response.json()) as Answered['body'] & { metadata?: Answered['body'] };
  const ms = performance.now() - begun;
  return { status: response.status, ms, body: { ...body, ...(body.metadata ?? {}) } };
}
