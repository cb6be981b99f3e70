import { Injectable } from '@nestjs/common';
import { LiveAccess } from '../../access/application/live-access.js';
import { digestOf, isCookie } from '../../access/domain/secret.js';
import { OwnKeys } from '../application/own-keys.port.js';

/** API_TOKEN, the keys of the table, and the cookies of pages that are signed in. */
@Injectable()
export class KeysInForce extends OwnKeys {
  constructor(private readonly live: LiveAccess) {
    super();
  }

  has(value: string): boolean {
    const { live } = this;
    if (!live.keysExist) return false;
    if (live.holderOf({ kind: 'key', digest: digestOf(value) }) !== null) return true;
    return isCookie(value) && live.holderOf({ kind: 'session', cookie: value }) !== null;
  }
}
