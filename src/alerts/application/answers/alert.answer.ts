import Type from 'typebox';
import { type Answer, answer, described, nullable, text, time } from '../../../platform/answer-schema.js';
import { AlertRuleShown, FIGURE, JUDGED_AS, Window } from './alert-rule.answer.js';

export const ALERT_STATES = ['pending', 'firing', 'resolved'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

export const Alert = answer('Alert', {
  id: Type.String({ format: 'uuid', examples: ['019aab4c-3e80-7abc-8def-0123456789ac'] }),
  rule: described(AlertRuleShown, 'As it was then.'),
  state: Type.Enum([...ALERT_STATES], { examples: ['firing'] }),
  judged: JUDGED_AS,
  value: nullable(FIGURE),
  threshold: FIGURE,
  window: nullable(described(Window, 'What the value was counted in.')),
  started_at: time('2025-11-22T11:00:00.000Z', 'Since when the condition holds.'),
  fired_at: nullable(time('2025-11-22T11:05:00.000Z', 'When it fired.')),
  resolved_at: nullable(time('2025-11-22T11:30:00.000Z', 'When it was over.')),
});
export type Alert = Answer<typeof Alert>;

export const AlertPage = answer('AlertPage', {
  alerts: Type.Array(Alert, { description: 'Newest first.' }),
  next_cursor: nullable(text('MSAxNzYzODA5MjAwMDAwIDAxOWFhYjRj'), {
    description: 'The next older page; null at the end.',
  }),
});
export type AlertPage = Answer<typeof AlertPage>;
