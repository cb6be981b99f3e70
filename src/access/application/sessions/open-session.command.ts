import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Clock } from '../../../platform/clock/clock.js';
import { digestOf, mintCookie, proofOf } from '../../domain/secret.js';
import { ConfiguredKey } from '../keys/configured-key.js';
import { LiveKeys } from '../keys/live-keys.js';
import { type LiveSession, LiveSessions } from './live-sessions.js';
import { SessionStore } from './session-store.port.js';

export interface OpenedSession extends LiveSession {
  /** The credential that the page shows from now on. */
  readonly cookie: string;
}

/** Signs a page in. The result is null when the key is unknown. */
export class OpenSessionCommand extends Command<OpenedSession | null> {
  constructor(readonly key: string) {
    super();
  }
}

@CommandHandler(OpenSessionCommand)
export class OpenSessionHandler implements ICommandHandler<OpenSessionCommand> {
  constructor(
    private readonly store: SessionStore,
    private readonly keys: LiveKeys,
    private readonly configured: ConfiguredKey,
    private readonly sessions: LiveSessions,
    private readonly clock: Clock,
  ) {}

  async execute({ key }: OpenSessionCommand): Promise<OpenedSession | null> {
    const secret = digestOf(key);
    const isConfigured = this.configured.is(secret);
    const holder = isConfigured ? this.configured.holder : this.keys.find(secret);
    if (!holder) return null;
    const cookie = mintCookie();
    const now = this.clock.now();
    await this.store.open({
      digest: digestOf(cookie),
      keyId: holder.keyId,
      proof: isConfigured ? proofOf(cookie, secret) : secret,
      createdAt: now,
      lastSeen: now,
    });
    this.keys.use(holder.keyId);
    const opened = await this.sessions.find(cookie);
    return opened && { cookie, ...opened };
  }
}
