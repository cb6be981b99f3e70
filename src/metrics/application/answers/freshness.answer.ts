import Type, { type TObject } from 'typebox';
import { type Answer, answer, nullable, text, time } from '../../../platform/answer-schema.js';
import { MISSING_REASONS } from '../../domain/freshness.js';

const Missing = answer('Missing', {
  topic: nullable(text('persistent://public/default/clicks', 'Null when no topic is to blame.')),
  reason: Type.Enum([...MISSING_REASONS], { examples: ['lagging'] }),
  detail: text('Events published more than 10 s ago wait to be recorded.'),
});

/** How much an answer can be relied on to hold all that was published. */
export const FRESHNESS = {
  as_of: time(
    '2025-11-22T12:00:00.123Z',
    'When the figures were read. Equal questions within a second share one answer.',
  ),
  lag_ms: nullable(
    Type.Integer({
      minimum: 0,
      examples: [12],
      description:
        'From publish to commit, milliseconds: the longest of the last second, of all topics and consumers; null while nobody consumes.',
    }),
  ),
  complete: Type.Boolean({
    examples: [true],
    description: 'Whether all that was published until about `as_of` is counted.',
  }),
  missing: Type.Array(Missing, { description: 'Why it is not complete.' }),
};
export type Freshness = Answer<TObject<typeof FRESHNESS>>;
