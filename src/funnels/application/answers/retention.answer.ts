import Type from 'typebox';
import { FRESHNESS } from '../../../metrics/application/answers/freshness.answer.js';
import { COMPUTED_FROM_FACTS, COUNTED_WINDOW } from '../../../metrics/application/answers/window.answer.js';
import { type Answer, answer, count, nullable, text, time } from '../../../platform/answer-schema.js';
import { RETENTION_INTERVALS } from '../retention-reader.port.js';

const CohortReturn = answer('CohortReturn', {
  interval: count(1, 'So many intervals after the first.', 1),
  users: nullable(count(12, 'Of the cohort, users with an event in it.'), {
    description: 'Null: it is still running.',
  }),
  share: nullable(
    Type.Number({
      minimum: 0,
      maximum: 100,
      examples: [24],
      description: "users ÷ the cohort's users × 100, two decimals; 0 for an empty cohort. Null: it is still running.",
    }),
  ),
});

const Cohort = answer('Cohort', {
  time: time('2025-11-03T00:00:00.000+01:00', "Where its interval begins, with the zone's offset."),
  running: Type.Boolean({ examples: [false], description: 'Its interval is not over: it may still grow.' }),
  users: count(50, 'Users whose first event that is kept lies in the interval.'),
  returns: Type.Array(CohortReturn, { description: 'The later intervals of the window, oldest first.' }),
});

const RetentionDefinitions = answer('RetentionDefinitions', {
  cohort: text('users by the interval of their first event of any kind that is kept'),
  returned: text('any event but a scroll'),
  share: text("users ÷ the cohort's users × 100, half up, 2 decimals; 0 without users"),
});

export const Retention = answer('Retention', {
  ...FRESHNESS,
  ...COUNTED_WINDOW,
  interval: Type.Enum([...RETENTION_INTERVALS], { examples: ['week'] }),
  tz: text('Europe/Madrid', 'As IANA writes the name that was asked for.'),
  computed_from: COMPUTED_FROM_FACTS,
  definitions: RetentionDefinitions,
  cohorts: Type.Array(Cohort, { description: 'Oldest first, none left out.' }),
});
export type Retention = Answer<typeof Retention>;
