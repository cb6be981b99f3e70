import Type from 'typebox';
import { type Answer, answer, described, text } from '../../../platform/answer-schema.js';
import { REPORTS, type Report as ReportName } from '../../domain/finished-period.js';
import { Comparison } from './comparison.answer.js';
import { Definitions } from './definitions.answer.js';
import { FIGURES } from './figures.answer.js';
import { FRESHNESS } from './freshness.answer.js';
import { COMPUTED_FROM } from './window.answer.js';

export const Report = answer('Report', {
  ...FIGURES,
  ...FRESHNESS,
  report: Type.Enum(Object.keys(REPORTS) as ReportName[], { examples: ['weekly'] }),
  tz: text('Europe/Madrid', 'As IANA writes the name that was asked for.'),
  computed_from: COMPUTED_FROM,
  definitions: described(Definitions, 'What each rate is.'),
  comparison: described(Comparison, 'The day, week or month before.'),
});
export type Report = Answer<typeof Report>;
