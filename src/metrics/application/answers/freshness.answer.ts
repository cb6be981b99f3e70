import Type, { type TObject } from 'typebox';
import { type Answer, answer, count, nullable, text, time } from '../../../platform/answer-schema.js';
import { MISSING_REASONS } from '../../domain/freshness.js';

const Missing = answer('Missing', {
  topic: nullable(text('persistent://public/default/clicks', 'Null when no topic is to blame.')),
  reason: Type.Enum([...MISSING_REASONS], { examples: ['lagging'] }),
  detail: text('Events published more than 10 s ago wait to be recorded.'),
});

/** How far an answer holds all that was published. */
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
        'All that was published longer ago is recorded or a dead letter, milliseconds, to a second and by no clock of a producer: of the topic that is furthest behind. 0: nothing waits. Null while nobody consumes, or while that is not known.',
    }),
  ),
  delayed: count(
    0,
    'Messages published to be delivered later, whose time has not come. They are not counted yet, and nothing is missing.',
  ),
  complete: Type.Boolean({
    examples: [true],
    description: 'Whether all that was published until about `as_of` is counted.',
  }),
  missing: Type.Array(Missing, { description: 'Why it is not complete.' }),
};
export type Freshness = Answer<TObject<typeof FRESHNESS>>;
