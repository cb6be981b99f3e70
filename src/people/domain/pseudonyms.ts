import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';

const FEWEST_BYTES = 32;
/** The block of SHA-256, in bytes. */
const BLOCK_BYTES = 64;
/** A text to be hashed begins with its kind, so that no user id is taken for anything else. */
const PERSON = 'person\0';
const KEY = 'key\0';

/** @throws Error saying what it should be */
export function checkErasureKey(secret: string): string {
  if (Buffer.byteLength(secret) < FEWEST_BYTES) throw new Error(`at least ${FEWEST_BYTES} bytes`);
  return secret;
}

/** Keyed hashes of user ids, HMAC-SHA-256 (RFC 2104). Only who has the key can tell whether somebody was erased. */
export class Pseudonyms {
  private readonly key: KeyObject;
  /** It tells keys apart, and says nothing about them. */
  readonly fingerprint: string;

  /** @param secret ERASURE_KEY */
  constructor(private readonly secret: string) {
    this.key = createSecretKey(Buffer.from(secret));
    this.fingerprint = createHmac('sha256', this.key).update(KEY).digest('hex').slice(0, 32);
  }

  /** 64 hexadecimal digits. */
  of(userId: string): string {
    return createHmac('sha256', this.key).update(PERSON).update(userId).digest('hex');
  }

  /**
   * With these pads PostgreSQL computes the same hash of a user id without knowing the key: `sha256(outer
   *
   * sha256(inner
   *
   * id))`.
   */
  get pads(): { readonly inner: Buffer; readonly outer: Buffer } {
    const bytes = Buffer.from(this.secret);
    const key = Buffer.alloc(BLOCK_BYTES);
    (bytes.length > BLOCK_BYTES ? createHash('sha256').update(bytes).digest() : bytes).copy(key);
    const padded = (value: number) => Buffer.from(key.map((byte) => byte ^ value));
    return { inner: Buffer.concat([padded(0x36), Buffer.from(PERSON)]), outer: padded(0x5c) };
  }
}
