import { ConfiguredKey } from '../../src/access/application/keys/configured-key.js';
import { LiveKeys } from '../../src/access/application/keys/live-keys.js';
import { LiveAccess } from '../../src/access/application/live-access.js';
import { LiveSessions } from '../../src/access/application/sessions/live-sessions.js';
import { digestOf, mintCookie } from '../../src/access/domain/secret.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { Clock } from '../../src/platform/clock/clock.js';
import { MemoryLiveAccess } from './memory-live-access.js';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe('keys in memory', () => {
  let stored: MemoryLiveAccess;
  let live: LiveAccess;
  let sessions: LiveSessions;
  const digest = digestOf('a key');
  const secret = { digest, keyId: 'k1', role: 'read', name: 'one', expiresAt: null } as const;
  const who = () => live.holderOf({ kind: 'key', digest })?.keyId ?? null;
  const passes = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  beforeEach(() => {
    jest.useFakeTimers();
    stored = new MemoryLiveAccess();
    const configured = new ConfiguredKey(loadConfig([], {}));
    const keys = new LiveKeys(stored, new Clock());
    sessions = new LiveSessions(stored, keys, configured, new Clock());
    live = new LiveAccess(keys, sessions, configured, SILENT);
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

  describe('a reading that gets no answer', () => {
    const cookie = mintCookie();
    /** Whether somebody with the key, and somebody with its session, were known whenever it was told that something changed. */
    const told: (string | null)[] = [];

    beforeEach(async () => {
      told.length = 0;
      stored.secretsInForce = [secret];
      stored.sessionsOpen = [
        { digest: digestOf(cookie), keyId: 'k1', proof: digest, createdAt: Date.now(), lastSeen: Date.now() },
      ];
      live.onModuleInit();
      await passes(0);
      expect((await sessions.find(cookie))?.holder.keyId).toBe('k1');
      live.onReading(() => told.push(live.knowledge === 'fresh' ? who() : 'not trusted'));
    });

    it('of the sessions: who is refused by then is told of at once, the session of a revoked key too', async () => {
      stored.hanging = 'sessions';
      stored.secretsInForce = [];
      await passes(2_000);
      expect(told).toEqual([null]);
      expect([who(), live.holderOf({ kind: 'session', cookie })]).toEqual([null, null]);
    });

    it('does no harm: the next one begins beside it', async () => {
      stored.hanging = 'secrets';
      await passes(2_000);
      stored.hanging = null;
      stored.secretsInForce = [];
      await passes(2_000);
      expect([live.knowledge, who()]).toEqual(['fresh', null]);
      await passes(4_000); // the one that hung is given up
      expect(live.knowledge).toBe('fresh');
      expect(told).not.toContain('not trusted');
    });

    it('and then an old one brings nobody back', async () => {
      stored.hanging = 'secrets';
      await passes(2_000);
      stored.hanging = null;
      stored.secretsInForce = [];
      await passes(2_000);
      stored.answer();
      await passes(0);
      expect(who()).toBeNull();
    });

    it('at all: after 5 s nobody is trusted, and who watches is told at that moment', async () => {
      stored.hanging = 'secrets';
      await passes(5_000);
      expect(told).toEqual([]);
      await passes(2);
      expect(told).toEqual(['not trusted']);
    });

    it('at all: who needs to know waits no longer than 5 s, and not at all once it is given up', async () => {
      stored.hanging = 'secrets';
      await passes(5_100);
      let went = false;
      void live.whenKnown().then(() => (went = true));
      await passes(1_300);
      expect(went).toBe(false);
      await passes(200); // the first was begun at 2 s
      expect([went, live.knowledge]).toEqual([true, 'stale']);
      stored.hanging = null;
      await passes(2_000);
      expect(live.knowledge).toBe('fresh');
    });

    it('goes on when an answer comes', async () => {
      stored.hanging = 'secrets';
      await passes(5_100);
      const waiting = live.whenKnown();
      stored.answer(); // that of 2 s
      await passes(0);
      await waiting;
      expect([live.knowledge, who()]).toEqual(['fresh', 'k1']);
    });

    it('a session that was ended here stays ended, whatever was read before', async () => {
      stored.hanging = 'sessions';
      await passes(2_000);
      sessions.forget(digestOf(cookie));
      stored.answer();
      await passes(0);
      expect(live.holderOf({ kind: 'session', cookie })).toBeNull();
    });
  });
});
