import Type from 'typebox';
import { type Answer, answer, described, nullable, time } from '../../../platform/answer-schema.js';
import { type Period, PERIODS } from '../requested-window.js';

export const Window = answer('Window', {
  from: time('2025-11-21T12:00:00.000Z', 'Not included.'),
  to: time('2025-11-22T12:00:00.000Z', 'Included.'),
});
export type Window = Answer<typeof Window>;

/** The window that was counted, and whether this is all that was asked for. */
export const COUNTED_WINDOW = {
  window: described(Window, 'What was counted: `(from, to]`.'),
  exact: Type.Boolean({
    examples: [true],
    description:
      'False when the window reaches below what is kept: `window` is then rounded outward to quarter-hours, or, from facts, cut.',
  }),
};

export const PERIOD = nullable(
  Type.Enum(Object.keys(PERIODS) as Period[], {
    examples: ['24h'],
    description: 'Null when `from` or `to` decided.',
  }),
);

export const COMPUTED_FROM = Type.Enum(['projections', 'facts'], {
  examples: ['projections'],
  description: 'Counts kept beside the events, or the events one by one. Both are exact.',
});

export const COMPUTED_FROM_FACTS = Type.Enum(['facts'], {
  examples: ['facts'],
  description: 'The events were counted one by one.',
});
