import { createHmac, randomBytes } from 'node:crypto';

/** So that people and libraries recognise one (Standard Webhooks). */
const MARK = 'whsec_';
/** Between the 24 and 64 that Standard Webhooks asks for. */
const RANDOM_BYTES = 32;

/** What a webhook is signed with, fresh. */
export const mintSigningSecret = (): string => MARK + randomBytes(RANDOM_BYTES).toString('base64');

/** Standard Webhooks, version 1: HMAC-SHA256 over `id.timestamp.body`. @param at epoch seconds */
export function signatureOf(secret: string, id: string, at: number, body: string): string {
  const key = Buffer.from(secret.slice(MARK.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`;
}
