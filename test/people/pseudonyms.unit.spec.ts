import { createHash } from 'node:crypto';
import { loadConfig } from '../../src/platform/config/config.js';
import { Pseudonyms } from '../../src/people/domain/pseudonyms.js';
import { PEOPLE_VARIABLES } from '../../src/people/people.variables.js';
import { slices } from '../support/application.js';

const SHORT = 'a key of thirty-four bytes, exactly';
const LONG =
  'a key that is longer than a block of SHA-256 has bytes, which is sixty-four of them, so that it is hashed';

describe('the keyed hash of a user id', () => {
  it('is HMAC-SHA-256: printf "person\\0u-1" | openssl dgst -sha256 -hmac "<key>"', () => {
    expect(new Pseudonyms(SHORT).of('u-1')).toBe('4a905cd2b264a74971de0df365bcf863e7ada6d174d4402cd74b5d3ba704024f');
    expect(new Pseudonyms(LONG).of('ñandú')).toBe('382fc4be6431201491fae4504218f1460b9d23eb08b2dc6441062a0b56cf7c38');
  });

  it.each([SHORT, LONG])('is what two hashes with the pads of the key make, as PostgreSQL makes them: %s', (secret) => {
    const { inner, outer } = new Pseudonyms(secret).pads;
    const sha256 = (...parts: readonly Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
    for (const id of ['u-1', '', 'ñandú', 'x'.repeat(1_000)]) {
      expect(sha256(outer, sha256(inner, Buffer.from(id))).toString('hex')).toBe(new Pseudonyms(secret).of(id));
    }
  });

  it('of another key is another, and the keys are told apart by a fingerprint that no user id can have', () => {
    const [one, other] = [new Pseudonyms(SHORT), new Pseudonyms(LONG)];
    expect(one.of('u-1')).not.toBe(other.of('u-1'));
    expect(one.fingerprint).not.toBe(other.fingerprint);
    expect(one.fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(one.of('key\0').startsWith(one.fingerprint)).toBe(false);
  });
});

describe('ERASURE_KEY', () => {
  const keyOf = (environment: Record<string, string>) =>
    loadConfig(slices, environment).currentOf(PEOPLE_VARIABLES, 'ERASURE_KEY');

  it('is unset by default, and has at least 32 bytes', () => {
    expect(keyOf({})).toBeNull();
    expect(keyOf({ ERASURE_KEY: 'é'.repeat(16) })).toBe('é'.repeat(16));
    expect(() => keyOf({ ERASURE_KEY: 'k'.repeat(31) })).toThrow('ERASURE_KEY must be at least 32 bytes');
  });

  it('is never shown', () => {
    expect(() => keyOf({ ERASURE_KEY: 'a-secret' })).not.toThrow('a-secret');
  });
});
