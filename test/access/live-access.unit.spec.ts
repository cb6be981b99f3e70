import { ConfiguredKey } from '../../src/access/application/keys/configured-key.js';
import { LiveKeys } from '../../src/access/application/keys/live-keys.js';
import { LiveAccess } from '../../src/access/application/live-access.js';
import { LiveSessions } from '../../src/access/application/sessions/live-sessions.js';
import { digestOf } from '../../src/access/domain/secret.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { MemoryLiveAccess } from './memory-live-access.js';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe('keys in memory', () => {
  let stored: MemoryLiveAccess;
  let live: LiveAccess;
  const digest = digestOf('a key');
  const secret = { digest, keyId: 'k1', role: 'read', name: 'one', expiresAt: null } as const;
  const who = () => live.holderOf({ kind: 'key', digest })?.keyId ?? null;
  const passes = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  beforeEach(() => {
    jest.useFakeTimers();
    stored = new MemoryLiveAccess();
    const configured = new ConfiguredKey(loadConfig([], {}));
    const keys = new LiveKeys(stored, new Clock());
    live = new LiveAccess(keys, new LiveSessions(stored, keys, configured, new Clock()), configured, SILENT);
  });
  afterEach(() => {
    live.onModuleDestroy();
    jest.useRealTimers();
  });

  it('are known when they were read, and read again every 2 s', async () => {
    expect([live.knowledge, live.keysExist, who()]).toEqual(['none', false, null]);
    live.onModuleInit();
    await passes(0);
    expect([live.knowledge, live.keysExist, who()]).toEqual(['fresh', false, null]);
    stored.secretsInForce = [secret];
    await passes(2_000);
    expect([live.keysExist, who()]).toEqual([true, 'k1']);
    stored.secretsInForce = [];
    await passes(2_000);
    expect([live.keysExist, who()]).toEqual([false, null]);
  });

  it('are not trusted any more when they could not be read for 5 s, and again as soon as they can', async () => {
    stored.secretsInForce = [secret];
    live.onModuleInit();
    await passes(2_000);
    stored.failure = new Error('away');
    await passes(5_000);
    expect(live.knowledge).toBe('fresh');
    await passes(2);
    expect(live.knowledge).toBe('stale');
    await live.whenKnown(); // at once: it cannot be read
    expect(live.knowledge).toBe('stale');
    stored.failure = null;
    await passes(2_000);
    expect(live.knowledge).toBe('fresh');
  });

  it('what has just begun is waited for', async () => {
    live.onModuleInit();
    const waiting = live.whenKnown();
    expect(live.knowledge).toBe('none');
    await passes(0);
    await waiting;
    expect(live.knowledge).toBe('fresh');
  });

  it('a secret that was replaced ends by itself', async () => {
    stored.secretsInForce = [{ ...secret, expiresAt: Date.now() + 60_000 }];
    live.onModuleInit();
    await passes(2_000);
    expect(who()).toBe('k1');
    await passes(60_000);
    expect(who()).toBeNull();
  });
});
