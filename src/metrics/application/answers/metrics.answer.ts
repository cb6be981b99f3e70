import Type from 'typebox';
import { type Answer, answer, described } from '../../../platform/answer-schema.js';
import { Comparison } from './comparison.answer.js';
import { Definitions } from './definitions.answer.js';
import { AmountsSection, TypesSection, UsersSection } from './fact-sections.answer.js';
import { FIGURES } from './figures.answer.js';
import { FRESHNESS } from './freshness.answer.js';
import { COMPUTED_FROM, PERIOD } from './window.answer.js';
import { RegionStanding } from '../../../regions/application/answers/regions.answer.js';

export const Metrics = answer('Metrics', {
  ...FIGURES,
  ...FRESHNESS,
  period: PERIOD,
  computed_from: COMPUTED_FROM,
  regions: Type.Array(RegionStanding, {
    description: 'The other regions, and how far what they recorded is counted here. Empty without REGIONS.',
  }),
  definitions: described(Definitions, 'What each rate is.'),
  comparison: Type.Optional(
    described(Comparison, 'With `compare`: the window just before, or of the same clock times earlier.'),
  ),
  users: Type.Optional(described(UsersSection, 'With `include=users`.')),
  amounts: Type.Optional(described(AmountsSection, 'With `include=amounts`.')),
  types: Type.Optional(described(TypesSection, 'With `include=types`.')),
});
export type Metrics = Answer<typeof Metrics>;
