import Type from 'typebox';
import { type Answer, answer, count, nullable, text, time } from '../../../platform/answer-schema.js';
import { FACT_COLUMNS, type FactColumn } from '../../domain/fact-row.js';

const KEY = '0199c1a4-7d2e-7c3b-9a51-3f0f6a1b2c3d';
const CURSOR = 'MSA3NTc2MTM4NzkwMTIzNDU2Nzg5IDAwMDAwMDAxIDc1MSA9IC0gLSAt';
const eventType = Type.Enum(['click', 'conversion', 'sale'], { examples: ['click'] });

const EXAMPLE: Partial<Record<FactColumn, string>> = {
  event_key: KEY,
  event_type: 'click',
  occurred_at: '1763800000000',
  received_at: '1763800000123',
  intake: 'http',
  fingerprint: '144115188075855872',
  event_id: KEY,
  user_id: 'u-1',
  page_url: '/pricing',
};

/** One recorded event, as another region records it. */
const fact = Type.Array(nullable(Type.String()), {
  minItems: FACT_COLUMNS.length,
  maxItems: FACT_COLUMNS.length,
  examples: [FACT_COLUMNS.map((column) => EXAMPLE[column] ?? null)],
  description:
    'The values of `columns` as text; null: absent, and of `fingerprint`: the person is erased. Times are epoch milliseconds; `received_at` is when this region, or the first before it, received it, and `message_id` where it lay in the broker of that one. `target` and `properties` are JSON.',
});

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

export const FactsAnswer = answer('RegionFacts', {
  ...HEAD,
  columns: Type.Array(Type.Enum([...FACT_COLUMNS]), {
    examples: [[...FACT_COLUMNS]],
    description: 'What the values of a fact are.',
  }),
  facts: Type.Array(fact, { description: 'In the order of their transactions; those without one first, by time.' }),
  conflicts: Type.Array(ConflictContent, { description: 'After all facts.' }),
});
export type FactsAnswer = Answer<typeof FactsAnswer>;
