import { createHmac, randomBytes } from 'node:crypto';

/** People and libraries recognise a secret by it (Standard Webhooks). */
const MARK = 'whsec_';
/** The length lies between the 24 and 64 bytes that Standard Webhooks asks for. */
const RANDOM_BYTES = 32;

/** Makes a new secret that signs the notices of a rule. */
export const mintSigningSecret = (): string => MARK + randomBytes(RANDOM_BYTES).toString('base64');

/** The signature of Standard Webhooks, version 1: HMAC-SHA256 over `id.timestamp.body`. @param at epoch seconds */
export function signatureOf(secret: string, id: string, at: number, body: string): string {
  const key = Buffer.from(secret.slice(MARK.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`;
}
