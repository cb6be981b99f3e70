import Type from 'typebox';
import { EVENT_TYPES } from '../../../events/domain/event-type.js';
import { type Answer, answer, count, described, nullable, text, time } from '../../../platform/answer-schema.js';
import { CONDITIONS, METRICS } from '../../domain/alert-rule.js';

const UUID = Type.String({ format: 'uuid', examples: ['019aab4c-3e80-7abc-8def-0123456789ab'] });

/** An amount of money is a text. */
export const FIGURE = Type.Union([Type.Number(), Type.String()], {
  examples: [4.2],
  description: 'A text where the metric is revenue.',
});

const RuleFilter = answer('AlertRuleFilter', {
  event_type: nullable(Type.Enum([...EVENT_TYPES]), { examples: [null] }),
  label: nullable(text('signup'), { examples: [null], description: 'Type of the conversions, currency of the sales.' }),
});

const RULE = {
  id: UUID,
  name: text('the rate falls'),
  metric: Type.Enum([...METRICS], { examples: ['conversion_rate'] }),
  currency: nullable(text('EUR'), { examples: [null], description: 'Of revenue.' }),
  filter: described(RuleFilter, 'Which events count.'),
  period: Type.Union([Type.String(), Type.Integer()], {
    examples: ['1h'],
    description: '`1h`, `24h`, `7d`, or minutes: the window that ends now.',
  }),
  condition: Type.Enum([...CONDITIONS], {
    examples: ['below'],
    description: 'Strict; in percent of the same window a week before.',
  }),
  threshold: FIGURE,
  for_minutes: count(5, 'It fires when it has held for so long.'),
  resolve_after_minutes: count(5, 'It resolves when it has not for so long.'),
  min_clicks: count(100, 'A conversion_rate of fewer is not judged.'),
  enabled: Type.Boolean({ examples: [true] }),
  muted_until: nullable(time('2025-11-23T00:00:00.000Z', 'Until then nobody is told.'), { examples: [null] }),
  repeat_hours: nullable(count(24, 'How often it is told again while it fires.', 1), { examples: [null] }),
  webhook_host: nullable(text('hooks.example.com', 'Who is told; the address itself is shown to admins.')),
};

/** The rule as alerts show it. */
export const AlertRuleShown = answer('AlertRuleShown', RULE);
export type AlertRuleShown = Answer<typeof AlertRuleShown>;

export const Window = answer('AlertWindow', {
  from: time('2025-11-22T11:00:00.000Z', 'Not included.'),
  to: time('2025-11-22T12:00:00.000Z', 'Included.'),
});

export const JUDGED_AS = Type.Enum(['ok', 'no_data', 'incomplete'], {
  examples: ['ok'],
  description: 'no_data: too little to judge by. incomplete: not all that was published is counted yet.',
});

const VIEW = {
  ...RULE,
  source: Type.Enum(['api', 'file'], { examples: ['api'], description: 'file: of ALERTS_FILE, and changed there.' }),
  webhook_url: nullable(text('https://hooks.example.com/x'), { description: 'Null unless an admin asks.' }),
  created_at: time('2025-11-22T11:00:00.000Z', 'When it was made.'),
  updated_at: time('2025-11-22T11:00:00.000Z', 'When it was changed.'),
  judged: nullable(JUDGED_AS, { description: 'As of the last 15 s; null: not yet.' }),
  value: nullable(FIGURE, { description: 'What it was judged by.' }),
  window: nullable(described(Window, 'What that was counted in.')),
};

export const AlertRuleView = answer('AlertRule', VIEW);
export type AlertRuleView = Answer<typeof AlertRuleView>;

export const AlertRuleList = answer('AlertRuleList', {
  rules: Type.Array(AlertRuleView, { description: 'Oldest first.' }),
});
export type AlertRuleList = Answer<typeof AlertRuleList>;

/** Only this answer shows a secret, and the one to a request for a new secret. */
export const CreatedAlertRule = answer('CreatedAlertRule', {
  ...VIEW,
  secret: text('whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', 'What its webhook is signed with: shown this once.'),
});
export type CreatedAlertRule = Answer<typeof CreatedAlertRule>;

export const RenewedSecret = answer('RenewedSigningSecret', {
  id: UUID,
  secret: text('whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', 'Shown this once; the one before signs nothing any longer.'),
});
export type RenewedSecret = Answer<typeof RenewedSecret>;

export const TestedRule = answer('TestedAlertRule', {
  notification_id: text('msg_5f0c'),
  delivered: Type.Boolean({ examples: [false] }),
  detail: nullable(text('hooks.example.com: ENOTFOUND', 'Why not.')),
});
export type TestedRule = Answer<typeof TestedRule>;
