import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import { Clock } from '../../../platform/clock/clock.js';
import type { Caller } from '../../../platform/http/access/caller.js';
import { type AuditEntry, AuditLog } from './audit-log.port.js';

/** Actors that no key names. */
export const NOBODY = 'nobody';
export const COMMAND = 'command';

/** The sender of a request, as the log names it. */
export const actorOf = (caller: Caller | null): string => caller?.keyId ?? NOBODY;

export type Deed = Pick<AuditEntry, 'actor' | 'action'> & Partial<Pick<AuditEntry, 'subject' | 'details'>>;

/** An entry of what is done at this moment. */
export const entryOf = ({ actor, action, subject = null, details = {} }: Deed, at: number): AuditEntry => ({
  id: v7({ msecs: at }),
  at,
  actor,
  action,
  subject,
  details,
});

/** Notes what other slices do. */
@Injectable()
export class Audit {
  constructor(
    private readonly log: AuditLog,
    private readonly clock: Clock,
  ) {}

  note(deed: Deed): Promise<void> {
    return this.log.append(entryOf(deed, this.clock.now()));
  }
}
