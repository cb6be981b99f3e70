import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../../platform/clock/clock.js';
import type { KeyView } from '../answers/key.answer.js';
import { entryOf } from '../audit/audit.js';
import { ChangedKeys } from './changed-keys.port.js';
import { KeyStore } from './key-store.port.js';
import { UnknownKey } from './unknown-key.js';

/** Ends a key, its secrets and its sessions. Doing it twice changes nothing. */
export class RevokeKeyCommand extends Command<KeyView> {
  constructor(
    readonly id: string,
    readonly actor: string,
  ) {
    super();
  }
}

@CommandHandler(RevokeKeyCommand)
export class RevokeKeyHandler implements ICommandHandler<RevokeKeyCommand> {
  constructor(
    private readonly store: KeyStore,
    private readonly clock: Clock,
    private readonly changed: ChangedKeys,
  ) {}

  /** @throws {UnknownKey} */
  async execute({ id, actor }: RevokeKeyCommand): Promise<KeyView> {
    const entry = entryOf({ actor, action: 'key.revoked', subject: id }, this.clock.now());
    const revoked = await this.store.revoke(id, entry);
    if (!revoked) throw new UnknownKey(id);
    await this.changed.applyNow();
    return revoked;
  }
}
