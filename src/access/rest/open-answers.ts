import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { whenAnswered } from '../../platform/http/answers/when-answered.js';
import { type Credential, LiveAccess } from '../application/live-access.js';

interface OpenAnswer {
  readonly credential: Credential;
  readonly reply: FastifyReply;
}

/** Answers that need a key and are not whole yet. A long one ends when its key does. */
@Injectable()
export class OpenAnswers {
  private readonly open = new Set<OpenAnswer>();

  constructor(private readonly live: LiveAccess) {
    live.onReading(() => this.endRefused());
  }

  add(credential: Credential, reply: FastifyReply): void {
    const one = { credential, reply };
    this.open.add(one);
    whenAnswered(reply.raw, () => this.open.delete(one));
  }

  /** Ends the answers whose credential nobody can vouch for any more. */
  private endRefused(): void {
    if (this.open.size === 0) return;
    for (const { credential, reply } of this.open) {
      const holder = this.live.holderOf(credential);
      const vouched = holder !== null && (this.live.knowledge === 'fresh' || this.live.isConfigured(credential));
      // Its answer may have begun, so all that is left is to show that it is not whole.
      if (!vouched) reply.raw.destroy();
    }
  }
}
