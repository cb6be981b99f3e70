import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { digestOf, sameDigest } from '../../domain/secret.js';
import type { KeyHolder } from '../key-holder.js';

export const CONFIGURED_KEY_ID = 'api_token';

/** API_TOKEN: the key that the configuration has and no table holds. It needs no database. */
@Injectable()
export class ConfiguredKey {
  readonly holder: KeyHolder = { keyId: CONFIGURED_KEY_ID, role: 'admin', name: 'API_TOKEN' };
  private readonly expected: Buffer | null;

  constructor({ settings }: Config) {
    this.expected = settings.API_TOKEN === null ? null : digestOf(settings.API_TOKEN);
  }

  /** Null when there is none. */
  get digest(): Buffer | null {
    return this.expected;
  }

  is(digest: Buffer): boolean {
    return this.digest !== null && sameDigest(digest, this.digest);
  }
}
