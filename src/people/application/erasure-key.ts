import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/config.js';
import { Pseudonyms } from '../domain/pseudonyms.js';
import { PEOPLE_VARIABLES } from '../people.variables.js';

/** ERASURE_KEY is not set, or is not the one that persons were erased with before. */
export class ErasureKeyUnfit extends Error {
  override readonly name = 'ErasureKeyUnfit';
  /** One of the errors that stop recording until the configuration is mended (sql-state.ts): invalid authorization. */
  readonly code = '28000';

  constructor(readonly problem: 'erasure_key_missing' | 'erasure_key_changed') {
    super(
      problem === 'erasure_key_missing'
        ? 'ERASURE_KEY is not set: without it nobody can be erased, and nobody who was erased can be known'
        : 'ERASURE_KEY is not the key that persons were erased with: set that one, or they would come back',
    );
  }
}

/** The key as it is at this moment. */
@Injectable()
export class ErasureKey {
  private made: { readonly secret: string; readonly pseudonyms: Pseudonyms } | null = null;

  constructor(private readonly config: Config) {}

  /** Null: it is not set. */
  get current(): Pseudonyms | null {
    const secret = this.config.currentOf(PEOPLE_VARIABLES, 'ERASURE_KEY');
    if (secret === null) return null;
    if (this.made?.secret !== secret) this.made = { secret, pseudonyms: new Pseudonyms(secret) };
    return this.made.pseudonyms;
  }

  /**
   * @param fingerprint belongs to the key that the log is made with; null: there is no log
   * @throws {ErasureKeyUnfit}
   */
  fitting(fingerprint: string | null): Pseudonyms {
    const { current } = this;
    if (current === null) throw new ErasureKeyUnfit('erasure_key_missing');
    if (fingerprint !== null && fingerprint !== current.fingerprint) throw new ErasureKeyUnfit('erasure_key_changed');
    return current;
  }
}
