import { ConfiguredKey } from '../../src/access/application/keys/configured-key.js';
import { LiveKeys } from '../../src/access/application/keys/live-keys.js';
import type { StoredSession } from '../../src/access/application/live-access-reader.port.js';
import { EndSessionCommand, EndSessionHandler } from '../../src/access/application/sessions/end-session.command.js';
import { LiveSessions } from '../../src/access/application/sessions/live-sessions.js';
import { OpenSessionCommand, OpenSessionHandler } from '../../src/access/application/sessions/open-session.command.js';
import { SessionStore } from '../../src/access/application/sessions/session-store.port.js';
import { digestOf } from '../../src/access/domain/secret.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { TestClock } from '../support/application.js';
import { TEST_TIME } from '../support/events.js';
import { MemoryLiveAccess } from './memory-live-access.js';

const HOUR_MS = 3_600_000;
const TOKEN = 'the token of the configuration';
const SECRET = { digest: digestOf('a key'), keyId: 'k1', role: 'read', name: 'grafana', expiresAt: null } as const;

/** Stores sessions where those who look them up read them. */
class MemorySessions extends SessionStore {
  constructor(private readonly stored: MemoryLiveAccess) {
    super();
  }

  open(session: StoredSession): Promise<void> {
    this.stored.sessionsOpen.push(session);
    return Promise.resolve();
  }

  end(digest: Buffer): Promise<void> {
    this.stored.sessionsOpen = this.stored.sessionsOpen.filter((open) => !open.digest.equals(digest));
    return Promise.resolve();
  }
}

describe('a page', () => {
  let stored: MemoryLiveAccess;
  let keys: LiveKeys;
  let sessions: LiveSessions;
  let clock: TestClock;
  let open: (key: string) => ReturnType<OpenSessionHandler['execute']>;
  let end: (cookie: string) => Promise<void>;

  beforeEach(async () => {
    stored = new MemoryLiveAccess();
    clock = new TestClock(TEST_TIME);
    const configured = new ConfiguredKey(loadConfig([], {}).with({ API_TOKEN: TOKEN }));
    keys = new LiveKeys(stored, clock);
    sessions = new LiveSessions(stored, keys, configured, clock);
    const store = new MemorySessions(stored);
    open = (key) =>
      new OpenSessionHandler(store, keys, configured, sessions, clock).execute(new OpenSessionCommand(key));
    end = (cookie) => new EndSessionHandler(store, sessions).execute(new EndSessionCommand(cookie));
    stored.secretsInForce = [SECRET];
    await keys.read();
  });

  it.each([
    ['a key of the table', 'a key', 'k1'],
    ['API_TOKEN', TOKEN, 'api_token'],
  ])('signs in with %s, and is known by its cookie for 8 hours', async (_, key, keyId) => {
    const opened = (await open(key))!;
    expect(opened).toMatchObject({ holder: { keyId }, expiresAt: TEST_TIME + 8 * HOUR_MS });
    expect((await sessions.find(opened.cookie))?.holder.keyId).toBe(keyId);
    clock.time += 8 * HOUR_MS;
    expect(await sessions.find(opened.cookie)).toBeNull();
  });

  it('is stored by digests: neither its cookie nor API_TOKEN can be read there', async () => {
    const { cookie } = (await open(TOKEN))!;
    const [session] = stored.sessionsOpen;
    expect(session).toMatchObject({ digest: digestOf(cookie), createdAt: TEST_TIME, lastSeen: TEST_TIME });
    // The digest of a token that a person made up could be guessed.
    expect(session!.proof).not.toEqual(digestOf(TOKEN));
  });

  it('counts as a use of its key', async () => {
    await open('a key');
    expect([...keys.takeUsed()]).toEqual([['k1', TEST_TIME]]);
  });

  it('is not signed in with a key that nobody made, and nothing is stored', async () => {
    expect(await open('another key')).toBeNull();
    expect(stored.sessionsOpen).toEqual([]);
  });

  it('is found beside any number of cookies that nobody knows, which share one query', async () => {
    const { cookie } = (await open('a key'))!;
    const configured = new ConfiguredKey(loadConfig([], {}).with({ API_TOKEN: TOKEN }));
    const otherReplica = new LiveSessions(stored, keys, configured, clock);
    const asked = jest.spyOn(stored, 'sessions');
    stored.hanging = 'sessions';
    const first = otherReplica.find('made up');
    const strangers = Array.from({ length: 500 }, (_, n) => otherReplica.find(`made up ${n}`));
    const signedIn = otherReplica.find(cookie);
    stored.hanging = null;
    stored.answer();
    expect((await signedIn)?.holder.keyId).toBe('k1');
    expect(await Promise.all([first, ...strangers])).toEqual(Array.from({ length: 501 }, () => null));
    expect(asked.mock.calls.map(([digests]) => digests.length)).toEqual([1, 501]);
  });

  it('may ask again after a look-up that failed', async () => {
    stored.failure = new Error('no database');
    await expect(sessions.find('made up')).rejects.toThrow('no database');
    stored.failure = null;
    expect(await sessions.find('made up')).toBeNull();
  });

  it('has a cookie that no other page has', async () => {
    const opened = await Promise.all([open('a key'), open('a key')]);
    expect(new Set(opened.map((one) => one!.cookie)).size).toBe(2);
  });

  it('signs out at once and on all replicas, and others stay', async () => {
    const [one, other] = [(await open('a key'))!, (await open('a key'))!];
    await end(one.cookie);
    expect(sessions.known(one.cookie)).toBeNull();
    expect(stored.sessionsOpen.map(({ digest }) => digest)).toEqual([digestOf(other.cookie)]);
    expect(sessions.known(other.cookie)).not.toBeNull();
    await end(one.cookie);
    expect(stored.sessionsOpen).toHaveLength(1);
  });
});
