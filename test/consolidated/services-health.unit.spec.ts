import type { Caller } from '../../src/consolidated/application/caller.js';
import {
  GetServicesHealthHandler,
  GetServicesHealthQuery,
} from '../../src/consolidated/application/get-services-health.query.js';
import { SharedCalls } from '../../src/consolidated/application/shared-calls.js';
import { UpstreamConditions } from '../../src/consolidated/application/upstream-conditions.port.js';
import { consolidated } from '../../src/consolidated/consolidated.slice.js';
import { loadConfig } from '../../src/platform/config/config.js';

const CALLER: Caller = { authorization: null, requestId: 'r', traceparent: null };
const CONDITIONS = {
  microservice1: 'healthy',
  microservice2: 'timeout',
  microservice3: 'unhealthy',
  microservice4: 'healthy',
} as const;

class MemoryConditions extends UpstreamConditions {
  readonly callers: Caller[] = [];
  failure: Error | null = null;

  now(caller: Caller): Promise<typeof CONDITIONS> {
    this.callers.push(caller);
    return this.failure ? Promise.reject(this.failure) : Promise.resolve(CONDITIONS);
  }
}

describe('the health of the four services', () => {
  let conditions: MemoryConditions;
  let ask: (caller?: Caller) => Promise<unknown>;
  beforeEach(() => {
    conditions = new MemoryConditions();
    const shared = new SharedCalls(loadConfig([consolidated], {}).with({ UPSTREAM_CACHE_MS: 60_000 }));
    const handler = new GetServicesHealthHandler(conditions, shared);
    ask = (caller = CALLER) => handler.execute(new GetServicesHealthQuery(caller, new AbortController().signal));
  });

  it('is what each of them shows now', async () => {
    expect(await ask()).toEqual(CONDITIONS);
    expect(conditions.callers).toEqual([CALLER]);
  });

  it('is asked once for all who poll with the same credentials', async () => {
    await Promise.all([ask(), ask()]);
    await ask();
    expect(conditions.callers).toHaveLength(1);
    await ask({ ...CALLER, authorization: 'Bearer another' });
    expect(conditions.callers).toHaveLength(2);
  });

  it('that could not be asked is asked again', async () => {
    conditions.failure = new Error('a defect');
    await expect(ask()).rejects.toThrow('a defect');
    conditions.failure = null;
    expect(await ask()).toEqual(CONDITIONS);
  });
});
