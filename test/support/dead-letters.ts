import type { DeadLetter } from '../../src/events/application/dead-letter-store.port.js';
import { encoded, TEST_TIME, testUuid } from './events.js';

export const CLICKS = 'persistent://public/default/clicks';

/** The n-th dead letter of a test: published at TEST_TIME, without a user, which is `schema`. */
export const deadLetter = (n: number, fields: Partial<DeadLetter> = {}): DeadLetter => ({
  originKey: testUuid(n),
  reason: 'schema',
  detail: 'user_id: must be a string of 1 to 255 characters; got nothing',
  topic: CLICKS,
  messageId: `12:${n}:-1:-1`,
  messageKey: null,
  publishedAt: TEST_TIME,
  eventTime: null,
  properties: {},
  payload: encoded({ url: `/page/${n}` }),
  envelope: null,
  schemaVersion: null,
  ...fields,
});
