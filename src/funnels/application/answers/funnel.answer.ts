import Type from 'typebox';
import { FRESHNESS } from '../../../metrics/application/answers/freshness.answer.js';
import { COMPUTED_FROM_FACTS, COUNTED_WINDOW, PERIOD } from '../../../metrics/application/answers/window.answer.js';
import { type Answer, answer, count, described, nullable, text } from '../../../platform/answer-schema.js';
import { SUBJECTS } from '../funnel-reader.port.js';

const share = (example: number, description: string) =>
  nullable(Type.Number({ minimum: 0, maximum: 100, examples: [example], description }));

const time = (example: number, description: string) =>
  nullable(Type.Integer({ minimum: 0, examples: [example], description }));

const FunnelStep = answer('FunnelStep', {
  step: text('conversion:signup', 'As it was asked for.'),
  count: count(15, 'Users or sessions that came as far.'),
  rate_from_previous: share(
    25,
    'count ÷ count of the step before × 100, two decimals; 0 where nobody came as far. Null for the first step.',
  ),
  rate_from_first: share(10, 'count ÷ count of the first step × 100, two decimals; 0 where there is none.'),
  median_ms: time(
    84_000,
    'Half of those who came here took at most so long from the step before, milliseconds: nearest rank. Null for the first step, and where nobody came.',
  ),
  p90_ms: time(610_000, '90 of 100 took at most so long from the step before, milliseconds: nearest rank.'),
});

const FIGURES = {
  ...COUNTED_WINDOW,
  steps: Type.Array(FunnelStep, { description: 'In the order that was asked for.' }),
  excluded: count(0, 'Events of a step in the window that name no user (or session).'),
  maturing: count(3, 'Those of the first step whose chain began less than `within` ago: they may still go on.'),
};

const FunnelComparison = answer('FunnelComparison', FIGURES);

const FunnelDefinitions = answer('FunnelDefinitions', {
  start: text('any event of step 1 in the window; of all chains the furthest counts, then the earliest'),
  next: text('the earliest event of the step at the time of the one before or later, also after the window'),
  ties: text('events of one millisecond are in the order of the steps; one event serves one step'),
  within: text('from the event of step 1, inclusive'),
  rate_from_previous: text('count ÷ count of the step before × 100, half up, 2 decimals; 0 without it'),
  rate_from_first: text('count ÷ count of step 1 × 100, half up, 2 decimals; 0 without it'),
});

export const Funnel = answer('Funnel', {
  ...FRESHNESS,
  period: PERIOD,
  by: Type.Enum([...SUBJECTS], { examples: ['user'] }),
  within: text('7d', 'As it was asked for.'),
  page_url: nullable(text('https://product.com/', 'The page of step 1; null: any.')),
  computed_from: COMPUTED_FROM_FACTS,
  definitions: FunnelDefinitions,
  ...FIGURES,
  comparison: Type.Optional(described(FunnelComparison, 'With `compare`: the same of an earlier window.')),
});
export type Funnel = Answer<typeof Funnel>;
