import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../../platform/clock/clock.js';
import { digestOf, mintSecret, prefixOf, REPLACED_SECRET_LIVES_MS } from '../../domain/secret.js';
import type { CreatedKey } from '../answers/key.answer.js';
import { entryOf } from '../audit/audit.js';
import { ChangedKeys } from './changed-keys.port.js';
import { KeyStore } from './key-store.port.js';
import { UnknownKey } from './unknown-key.js';

/** Gives a key a new secret; the one before goes on for a day, so that nobody need hurry. */
export class RotateKeyCommand extends Command<CreatedKey> {
  constructor(
    readonly id: string,
    readonly actor: string,
  ) {
    super();
  }
}

@CommandHandler(RotateKeyCommand)
export class RotateKeyHandler implements ICommandHandler<RotateKeyCommand> {
  constructor(
    private readonly store: KeyStore,
    private readonly clock: Clock,
    private readonly changed: ChangedKeys,
  ) {}

  /** @throws {UnknownKey} */
  async execute({ id, actor }: RotateKeyCommand): Promise<CreatedKey> {
    const now = this.clock.now();
    const key = mintSecret();
    const prefix = prefixOf(key);
    const secret = { digest: digestOf(key), prefix, createdAt: now };
    const entry = entryOf({ actor, action: 'key.rotated', subject: id }, now);
    const rotated = await this.store.rotate(id, secret, now + REPLACED_SECRET_LIVES_MS, entry);
    if (!rotated) throw new UnknownKey(id);
    await this.changed.applyNow();
    return { ...rotated, key, prefix };
  }
}
