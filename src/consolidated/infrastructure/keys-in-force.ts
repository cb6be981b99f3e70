import { Injectable } from '@nestjs/common';
import { LiveAccess } from '../../access/application/live-access.js';
import { digestOf } from '../../access/domain/secret.js';
import { OwnKeys } from '../application/own-keys.port.js';

/** API_TOKEN, the keys of the table, and the cookies of pages that are signed in. */
@Injectable()
export class KeysInForce extends OwnKeys {
  constructor(private readonly live: LiveAccess) {
    super();
  }

  has(value: string): boolean {
    const known =
      this.live.holderOf({ kind: 'key', digest: digestOf(value) }) ??
      this.live.holderOf({ kind: 'session', cookie: value });
    return known !== null;
  }
}
