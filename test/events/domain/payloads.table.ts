import { BYTES } from './payloads/bytes.payloads.js';
import { FIELDS } from './payloads/fields.payloads.js';
import { IDENTITY } from './payloads/identity.payloads.js';
import { INTERACTIONS } from './payloads/interactions.payloads.js';
import { MONEY_AND_TIME } from './payloads/money-and-time.payloads.js';
import type { PayloadCase } from './payloads/payload-case.js';

/** Every kind of payload, good, odd and bad, with its verdict: the documentation of what is accepted, by theme. */
export const PAYLOADS: Readonly<Record<string, readonly PayloadCase[]>> = {
  'bytes and JSON': BYTES,
  fields: FIELDS,
  'money and time': MONEY_AND_TIME,
  identity: IDENTITY,
  interactions: INTERACTIONS,
};
