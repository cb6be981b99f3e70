import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** People and scanners of repositories recognise a key by it. */
const MARK = 'mon_';
const RANDOM_BYTES = 32;
/** The length of the prefix, with the mark: it tells keys apart and leaves 208 random bits unknown. */
const PREFIX_LENGTH = 12;
/** How long the secret that a rotation replaces goes on. */
export const REPLACED_SECRET_LIVES_MS = 24 * 3_600_000;

/** Makes a new secret, as a key is sent: the mark and 256 random bits. */
export const mintSecret = (): string => MARK + randomBytes(RANDOM_BYTES).toString('base64url');

/** The start of a secret, by which people recognise it in a list. */
export const prefixOf = (secret: string): string => secret.slice(0, PREFIX_LENGTH);

/** Makes a new cookie for a session. */
export const mintCookie = (): string => randomBytes(RANDOM_BYTES).toString('base64url');

/** Whether a text could be a secret; nothing else is looked up. */
export const isCookie = (text: string): boolean => /^[\w-]{43}$/.test(text);

/** SHA-256. */
export const digestOf = (secret: string): Buffer => hash('sha256', secret, 'buffer');

/** Takes the same time whatever the bytes are: digests are compared, never secrets. */
export const sameDigest = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

/** Proves that whoever has the cookie had this secret. Only who knows both can check it. */
export const proofOf = (cookie: string, secretDigest: Buffer): Buffer =>
  createHmac('sha256', cookie).update(secretDigest).digest();
