import { parseArgs } from 'node:util';
import { COMMAND } from '../access/application/audit/audit.js';
import { CreateKeyCommand, CreateKeyHandler } from '../access/application/keys/create-key.command.js';
import { RevokeKeyCommand, RevokeKeyHandler } from '../access/application/keys/revoke-key.command.js';
import { RotateKeyCommand, RotateKeyHandler } from '../access/application/keys/rotate-key.command.js';
import { isKeyName, KEY_NAME_RULE } from '../access/domain/key-name.js';
import { type Role, ROLES } from '../access/domain/role.js';
import { PostgresKeyStore } from '../access/infrastructure/postgres/postgres-key-store.js';
import { BrokenRule } from '../platform/broken-rule.js';
import { Clock } from '../platform/clock/clock.js';
import { say, withConnection } from './maintenance.js';
import { UsageError } from './usage-error.js';

export const HELP = `npm run keys -- create --role read --name grafana
npm run keys -- list | rotate <id> | revoke <id>
Makes, lists, replaces and ends the keys that open the service, also while it runs: within 2 s every replica knows.
  create --role R --name N   prints the key, this once. R is one of ${ROLES.join(', ')}
  rotate <id>                prints a new secret of the key; the one before goes on for 24 hours
  revoke <id>                ends the key, its secrets and its sessions
Exit code: 0 done, 1 no such key, 2 wrong options.`;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

type Task =
  | { readonly verb: 'create'; readonly role: Role; readonly name: string }
  | { readonly verb: 'list' }
  | { readonly verb: 'rotate' | 'revoke'; readonly id: string };

export async function run(args: readonly string[]): Promise<number> {
  const task = taskOf(args);
  try {
    return await withConnection('keys', async (client) => {
      for (const line of await done(task, new PostgresKeyStore(() => client))) say(line);
      return 0;
    });
  } catch (error) {
    if (!(error instanceof BrokenRule)) throw error;
    say(error.message);
    return 1;
  }
}

async function done(task: Task, store: PostgresKeyStore): Promise<string[]> {
  const clock = new Clock();
  // The services that run find it out by themselves.
  const nobody = { applyNow: () => Promise.resolve() };
  switch (task.verb) {
    case 'create': {
      const command = new CreateKeyCommand(task.role, task.name, COMMAND);
      const { id, key } = await new CreateKeyHandler(store, clock, nobody).execute(command);
      return [`${key}`, `Key ${id} of the role ${task.role}. It is shown this once: keep it safe.`];
    }
    case 'rotate': {
      const { id, key } = await new RotateKeyHandler(store, clock, nobody).execute(
        new RotateKeyCommand(task.id, COMMAND),
      );
      return [key, `The new secret of key ${id}. It is shown this once; the one before goes on for 24 hours.`];
    }
    case 'revoke': {
      const { id } = await new RevokeKeyHandler(store, clock, nobody).execute(new RevokeKeyCommand(task.id, COMMAND));
      return [`Key ${id} is revoked.`];
    }
    case 'list': {
      const keys = await store.list();
      if (keys.length === 0) return ['There is no key yet: npm run keys -- create --role admin --name you'];
      return keys.map(({ id, role, prefix, name, created_at, last_used, revoked_at }) =>
        [id, role.padEnd(13), `${prefix}…`, created_at, used(last_used, revoked_at), name].join('  '),
      );
    }
  }
}

const used = (lastUsed: string | null, revokedAt: string | null): string =>
  (revokedAt === null ? `used ${lastUsed ?? 'never'}` : `revoked ${revokedAt}`).padEnd(32);

/** @throws UsageError */
function taskOf(args: readonly string[]): Task {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { role: { type: 'string' }, name: { type: 'string' } },
    });
    const [verb, id, ...more] = positionals;
    if (verb === undefined || more.length > 0) throw new Error('which: create, list, rotate <id> or revoke <id>');
    if (verb === 'create' && id === undefined) return { verb, role: roleOf(values.role), name: nameOf(values.name) };
    if (verb === 'list' && id === undefined) return { verb };
    if (verb !== 'rotate' && verb !== 'revoke') throw new Error(`there is no ${positionals.join(' ')}`);
    if (id === undefined || !UUID.test(id)) throw new Error(`${verb} needs the id of a key, as \`list\` shows it`);
    return { verb, id: id.toLowerCase() };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function roleOf(given: string | undefined): Role {
  const role = ROLES.find((known) => known === given);
  if (role === undefined) throw new Error(`--role must be one of ${ROLES.join(', ')}`);
  return role;
}

function nameOf(given: string | undefined): string {
  if (!isKeyName(given)) throw new Error(`--name ${KEY_NAME_RULE}`);
  return given as string;
}
