import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { v7 } from 'uuid';
import { Clock } from '../../../platform/clock/clock.js';
import type { Role } from '../../domain/role.js';
import { digestOf, mintSecret, prefixOf } from '../../domain/secret.js';
import type { CreatedKey } from '../answers/key.answer.js';
import { entryOf } from '../audit/audit.js';
import { ChangedKeys } from './changed-keys.port.js';
import { KeyStore } from './key-store.port.js';

/** Makes a key; its secret is in the result and nowhere else. */
export class CreateKeyCommand extends Command<CreatedKey> {
  constructor(
    readonly role: Role,
    readonly name: string,
    readonly actor: string,
  ) {
    super();
  }
}

@CommandHandler(CreateKeyCommand)
export class CreateKeyHandler implements ICommandHandler<CreateKeyCommand> {
  constructor(
    private readonly store: KeyStore,
    private readonly clock: Clock,
    private readonly changed: ChangedKeys,
  ) {}

  async execute({ role, name, actor }: CreateKeyCommand): Promise<CreatedKey> {
    const now = this.clock.now();
    const id = v7({ msecs: now });
    const key = mintSecret();
    const prefix = prefixOf(key);
    const entry = entryOf({ actor, action: 'key.created', subject: id, details: { role, name } }, now);
    await this.store.add({ id, role, name, secret: { digest: digestOf(key), prefix, createdAt: now } }, entry);
    await this.changed.applyNow();
    return { id, role, name, key, prefix, created_at: new Date(now).toISOString() };
  }
}
