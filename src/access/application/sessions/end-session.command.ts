import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { digestOf } from '../../domain/secret.js';
import { LiveSessions } from './live-sessions.js';
import { SessionStore } from './session-store.port.js';

/** Signs a page out, on all replicas within seconds. Doing it twice changes nothing. */
export class EndSessionCommand extends Command<void> {
  constructor(readonly cookie: string) {
    super();
  }
}

@CommandHandler(EndSessionCommand)
export class EndSessionHandler implements ICommandHandler<EndSessionCommand> {
  constructor(
    private readonly store: SessionStore,
    private readonly sessions: LiveSessions,
  ) {}

  async execute({ cookie }: EndSessionCommand): Promise<void> {
    const digest = digestOf(cookie);
    await this.store.end(digest);
    this.sessions.forget(digest);
  }
}
