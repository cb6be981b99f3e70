import type { KeyView } from '../../src/access/application/answers/key.answer.js';
import type { AuditEntry } from '../../src/access/application/audit/audit-log.port.js';
import { CreateKeyCommand, CreateKeyHandler } from '../../src/access/application/keys/create-key.command.js';
import { GetKeysHandler } from '../../src/access/application/keys/get-keys.query.js';
import {
  KeyStore,
  type NewKey,
  type NewSecret,
  type StoredKey,
} from '../../src/access/application/keys/key-store.port.js';
import { RevokeKeyCommand, RevokeKeyHandler } from '../../src/access/application/keys/revoke-key.command.js';
import { RotateKeyCommand, RotateKeyHandler } from '../../src/access/application/keys/rotate-key.command.js';
import { UnknownKey } from '../../src/access/application/keys/unknown-key.js';
import { digestOf } from '../../src/access/domain/secret.js';
import { TestClock } from '../support/application.js';
import { TEST_TIME } from '../support/events.js';

const DAY_MS = 86_400_000;
const ACTOR = 'the key of an operator';

interface Held {
  readonly key: NewKey;
  secret: NewSecret;
  oldEndsAt: number | null;
  revokedAt: string | null;
}

class MemoryKeys extends KeyStore {
  readonly held = new Map<string, Held>();
  readonly entries: AuditEntry[] = [];

  list(): Promise<readonly KeyView[]> {
    return Promise.resolve([...this.held.values()].map(viewOf).reverse());
  }

  add(key: NewKey, entry: AuditEntry): Promise<void> {
    this.held.set(key.id, { key, secret: key.secret, oldEndsAt: null, revokedAt: null });
    this.entries.push(entry);
    return Promise.resolve();
  }

  rotate(id: string, secret: NewSecret, oldEndsAt: number, entry: AuditEntry): Promise<StoredKey | null> {
    const held = this.held.get(id);
    if (!held || held.revokedAt !== null) return Promise.resolve(null);
    Object.assign(held, { secret, oldEndsAt });
    this.entries.push(entry);
    const { role, name, created_at } = viewOf(held);
    return Promise.resolve({ id, role, name, created_at });
  }

  revoke(id: string, entry: AuditEntry): Promise<KeyView | null> {
    const held = this.held.get(id);
    if (!held) return Promise.resolve(null);
    if (held.revokedAt === null) this.entries.push(entry);
    held.revokedAt ??= new Date(entry.at).toISOString();
    return Promise.resolve(viewOf(held));
  }
}

const viewOf = ({ key: { id, role, name, secret: first }, secret, revokedAt }: Held): KeyView => ({
  id,
  role,
  name,
  prefix: secret.prefix,
  created_at: new Date(first.createdAt).toISOString(),
  last_used: null,
  rotated_at: secret === first ? null : new Date(secret.createdAt).toISOString(),
  revoked_at: revokedAt,
});

describe('keys', () => {
  let store: MemoryKeys;
  let clock: TestClock;
  /** How many entries the log had at each time that the holders of keys were told. */
  let told: number[];

  beforeEach(() => {
    store = new MemoryKeys();
    clock = new TestClock(TEST_TIME);
    told = [];
  });

  const changed = {
    applyNow: () => {
      told.push(store.entries.length);
      return Promise.resolve();
    },
  };
  const create = () =>
    new CreateKeyHandler(store, clock, changed).execute(new CreateKeyCommand('read', 'grafana', ACTOR));
  const rotate = (id: string) => new RotateKeyHandler(store, clock, changed).execute(new RotateKeyCommand(id, ACTOR));
  const revoke = (id: string) => new RevokeKeyHandler(store, clock, changed).execute(new RevokeKeyCommand(id, ACTOR));

  it('are made with a secret of which the store has the digest alone, and in force when they are answered', async () => {
    const created = await create();
    expect(created).toMatchObject({ role: 'read', name: 'grafana', created_at: new Date(TEST_TIME).toISOString() });
    expect(created.key).toMatch(/^mon_[\w-]{43}$/);
    expect(created.key.startsWith(created.prefix)).toBe(true);
    const { secret } = store.held.get(created.id)!;
    expect(secret.digest).toEqual(digestOf(created.key));
    expect(JSON.stringify([store.entries, secret])).not.toContain(created.key);
    expect(store.entries).toMatchObject([
      { at: TEST_TIME, actor: ACTOR, action: 'key.created', subject: created.id, details: { role: 'read' } },
    ]);
    expect(told).toEqual([1]);
  });

  it('have a secret and an id that no other has', async () => {
    const keys = await Promise.all([create(), create(), create()]);
    expect(new Set(keys.flatMap(({ id, key }) => [id, key])).size).toBe(6);
  });

  it('get another secret, and the one before ends a day later', async () => {
    const created = await create();
    clock.time += 1_000;
    const rotated = await rotate(created.id);
    expect(rotated).toMatchObject({ id: created.id, role: 'read', name: 'grafana', created_at: created.created_at });
    expect(rotated.key).not.toBe(created.key);
    const { secret, oldEndsAt } = store.held.get(created.id)!;
    expect(secret).toEqual({ digest: digestOf(rotated.key), prefix: rotated.prefix, createdAt: TEST_TIME + 1_000 });
    expect(oldEndsAt).toBe(TEST_TIME + 1_000 + DAY_MS);
    expect(store.entries.map(({ action, subject }) => [action, subject])).toEqual([
      ['key.created', created.id],
      ['key.rotated', created.id],
    ]);
    expect(told).toEqual([1, 2]);
  });

  it('are revoked once: a second time changes nothing, and no secret comes after it', async () => {
    const { id } = await create();
    clock.time += 1_000;
    const revoked = await revoke(id);
    expect(revoked.revoked_at).toBe(new Date(TEST_TIME + 1_000).toISOString());
    clock.time += 1_000;
    expect(await revoke(id)).toEqual(revoked);
    expect(store.entries.map(({ action }) => action)).toEqual(['key.created', 'key.revoked']);
    await expect(rotate(id)).rejects.toThrow(UnknownKey);
  });

  it('are listed newest first, by the prefix and never the secret', async () => {
    const first = await create();
    const second = await create();
    const list = await new GetKeysHandler(store).execute();
    expect(list.keys.map(({ id, prefix }) => [id, prefix])).toEqual([
      [second.id, second.prefix],
      [first.id, first.prefix],
    ]);
    for (const { key } of [first, second]) expect(JSON.stringify(list)).not.toContain(key);
  });

  it('that nobody made are not found, and nobody is told of a change', async () => {
    for (const act of [rotate, revoke]) await expect(act('none')).rejects.toThrow(UnknownKey);
    expect([told, store.entries]).toEqual([[], []]);
  });
});
