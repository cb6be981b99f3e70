import { Injectable } from '@nestjs/common';
import { Config } from '../../../platform/config/config.js';
import { digestOf, sameDigest } from '../../domain/secret.js';
import type { KeyHolder } from '../key-holder.js';

export const CONFIGURED_KEY_ID = 'api_token';

/** API_TOKEN: the key that the configuration has and no table holds. It needs no database. */
@Injectable()
export class ConfiguredKey {
  readonly holder: KeyHolder = { keyId: CONFIGURED_KEY_ID, role: 'admin', name: 'API_TOKEN' };
  private token: string | null = null;
  private expected: Buffer | null = null;

  constructor(private readonly config: Config) {}

  /** Null when there is none. */
  get digest(): Buffer | null {
    const token = this.config.current('API_TOKEN');
    if (token !== this.token) {
      this.token = token;
      this.expected = token === null ? null : digestOf(token);
    }
    return this.expected;
  }

  is(digest: Buffer): boolean {
    const expected = this.digest;
    return expected !== null && sameDigest(digest, expected);
  }
}
