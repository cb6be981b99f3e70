import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { mintSigningSecret } from '../../domain/signature.js';
import type { RenewedSecret } from '../answers/alert-rule.answer.js';
import { UnknownRule } from './rule-errors.js';
import { RuleStore } from './rule-store.port.js';

/** Gives a rule a new signing secret. It is also the only way to learn the secret of a rule of the file. */
export class RenewSecretCommand extends Command<RenewedSecret> {
  constructor(readonly id: string) {
    super();
  }
}

@CommandHandler(RenewSecretCommand)
export class RenewSecretHandler implements ICommandHandler<RenewSecretCommand> {
  constructor(private readonly store: RuleStore) {}

  /** @throws {UnknownRule} */
  async execute({ id }: RenewSecretCommand): Promise<RenewedSecret> {
    const secret = mintSigningSecret();
    if (!(await this.store.renewSecret(id, secret))) throw new UnknownRule(id);
    return { id, secret };
  }
}
