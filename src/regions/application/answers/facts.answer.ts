import Type from 'typebox';
import { type Answer, answer, count, nullable, text, time } from '../../../platform/answer-schema.js';

const KEY = '0199c1a4-7d2e-7c3b-9a51-3f0f6a1b2c3d';
const CURSOR = 'MSA3NTc2MTM4NzkwMTIzNDU2Nzg5IDAwMDAwMDAxIDc1MSA9IC0gLSAt';
const milliseconds = (example: number, description: string) => Type.Integer({ examples: [example], description });
const eventType = Type.Enum(['click', 'conversion', 'sale'], { examples: ['click'] });

/** One recorded event, as another region records it. */
export const Fact = answer('Fact', {
  event_key: Type.String({ format: 'uuid', examples: [KEY], description: 'With the type the identity.' }),
  event_type: eventType,
  occurred_at: milliseconds(1763800000000, 'Epoch milliseconds.'),
  received_at: milliseconds(
    1763800000123,
    'Epoch milliseconds: when this region, or the first before it, received it.',
  ),
  intake: Type.Enum(['pulsar', 'http', 'merge', 'import'], {
    examples: ['pulsar'],
    description: 'The way it came into this region.',
  }),
  message_id: nullable(
    text('12:3:-1:0', 'Where it lay in the broker of the region that received it first; null: it came another way.'),
  ),
  fingerprint: nullable(text('144115188075855872', 'Of what it says; null: the person is erased.')),
  event: text(
    `{"event_id":"${KEY}","user_id":"u-1","page_url":"/pricing"}`,
    'The event itself as JSON, all free fields in `properties`.',
  ),
});
export type Fact = Answer<typeof Fact>;

/** One of the contents that an identity has in several regions. */
export const ConflictContent = answer('ConflictContent', {
  event_key: Type.String({ format: 'uuid', examples: [KEY] }),
  event_type: eventType,
  event_id: text(KEY),
  fingerprint: text('144115188075855872', 'Of the content, by the version of this region.'),
  content: text('{"page_url":"/pricing","user_id":"u-1"}', 'What the fingerprint covers, as JSON.'),
});
export type ConflictContent = Answer<typeof ConflictContent>;

const HEAD = {
  region: nullable(text('a', 'The name of this region; null: it has none.')),
  cluster: text('standalone', 'PULSAR_CLUSTER: part of the identities that are derived from messages.'),
  topics: Type.Object(
    { click: Type.String(), conversion: Type.String(), sale: Type.String() },
    {
      additionalProperties: false,
      examples: [
        {
          click: 'persistent://public/default/clicks',
          conversion: 'persistent://public/default/conversions',
          sale: 'persistent://public/default/sales',
        },
      ],
      description: 'Another part of them.',
    },
  ),
  fingerprint_version: count(2, 'Of the rules that contents are compared by.'),
  system: text('7576138790123456789', 'Which database it is.'),
  timeline: text('00000001', 'Which of its lives: another one after a restore or a promotion.'),
  restarted: Type.Boolean({
    examples: [false],
    description: 'The cursor was of another database or another life of it: the walk begins anew.',
  }),
  as_of: time('2025-11-22T12:00:00.000Z', "By PostgreSQL's clock."),
  held_back_ms: count(
    0,
    'For how long a transaction has been open: what was committed since it began has to wait for it.',
  ),
  held_back_by: nullable(text('pid 4711, monitoreo of psql', 'Whose transaction.')),
  dead_letters: nullable(count(0, 'Open dead letters, on the first page of a walk: they stay in their region.')),
  watermark: text(CURSOR, 'Where to begin next time, once this page is recorded.'),
  next_cursor: nullable(
    text(CURSOR, 'The next page of this walk; null: it has come to what was committed when it began.'),
  ),
};

/** What a page says beside its facts. */
export const FactsHead = answer('FactsHead', HEAD);
export type FactsHead = Answer<typeof FactsHead>;

export const FactsAnswer = answer('RegionFacts', {
  ...HEAD,
  facts: Type.Array(Fact, { description: 'In the order of their transactions; those without one first, by time.' }),
  conflicts: Type.Array(ConflictContent, { description: 'After all facts.' }),
});
export type FactsAnswer = Answer<typeof FactsAnswer>;
