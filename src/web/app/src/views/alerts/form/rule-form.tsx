import { useState } from 'preact/hooks';
import { RequestFailed } from '../../../api/problem.js';
import { t } from '../../../language/language.js';
import { CONDITIONS, countedType, isOfNow, isRelative, METRICS } from '../../../parts/alerts/kinds.js';
import { METRIC_WORDS } from '../../../parts/alerts/words.js';
import { bodyOf, conditionOf, type Draft, type Kept, type RuleBody, WINDOWS } from './draft.js';
import { Field } from './field.js';
import { Says } from './says.js';

interface Of {
  readonly start: Draft;
  readonly kept: Kept;
  readonly button: string;
  /** Said above the button. */
  readonly hint?: string | undefined;
  /** Saves the rule. The result is the message to show. @throws {RequestFailed} */
  readonly save: (body: RuleBody) => Promise<string>;
}

/** All that a rule says, and what that means. */
export function RuleForm({ start, kept, button, hint, save }: Of) {
  const [draft, setDraft] = useState(start);
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const [statusText, setStatusText] = useState('');
  const body = bodyOf(draft, kept);
  const { metric } = draft;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      setProblems({});
      setStatusText(await save(body));
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      setProblems(error.fields);
      setStatusText(error.detail || t('errorNetwork'));
    }
  };
  /** A field that is written in. */
  const text = (field: keyof Draft, name: string, label: string, more: Record<string, unknown> = {}) => (
    <Field name={name} label={label} problems={problems} wide={more['wide'] === true}>
      {(attributes) => (
        <input
          {...attributes}
          {...more}
          value={draft[field]}
          onInput={({ currentTarget: { value } }) => setDraft({ ...draft, [field]: value })}
        />
      )}
    </Field>
  );
  const figure = (field: keyof Draft, name: string, label: string, most: number, least = 0) =>
    text(field, name, label, { type: 'number', min: least, max: most, step: 1, required: field !== 'repeatHours' });
  /** A field that is chosen in. */
  const choice = (field: keyof Draft, name: string, label: string, of: readonly (readonly [string, string])[]) => (
    <Field name={name} label={label} problems={problems}>
      {(attributes) => (
        <select
          {...attributes}
          class="btn"
          value={field === 'condition' ? conditionOf(draft) : draft[field]}
          onChange={({ currentTarget: { value } }) => setDraft({ ...draft, [field]: value })}
        >
          {of.map(([value, word]) => (
            <option value={value}>{word}</option>
          ))}
        </select>
      )}
    </Field>
  );
  const conditions = CONDITIONS.filter((one) => !isOfNow(metric) || !isRelative(one));
  return (
    <form class="rule-form" onSubmit={(event) => void submit(event)}>
      <fieldset>
        <legend>{t('watched')}</legend>
        {text('name', 'name', t('ruleName'), { required: true, maxLength: 100, autocomplete: 'off', wide: true })}
        {choice(
          'metric',
          'metric',
          t('figure'),
          METRICS.map((one) => [one, t(METRIC_WORDS[one])] as const),
        )}
        {metric === 'revenue' &&
          text('currency', 'currency', t('currency'), { required: true, maxLength: 3, spellcheck: false })}
        {countedType(metric) !== null &&
          text('label', 'filter.label', t(countedType(metric) === 'sale' ? 'onlyCurrency' : 'onlyConversion'), {
            maxLength: 64,
          })}
        {!isOfNow(metric) &&
          choice('window', 'period', t('window'), [
            ...WINDOWS.map((one) => [one, t(`window_${one}`)] as const),
            ['minutes', t('ownMinutes')] as const,
          ])}
        {!isOfNow(metric) &&
          draft.window === 'minutes' &&
          figure('minutes', 'minutes', t('minutes'), LONGEST_MINUTES, 1)}
      </fieldset>
      <fieldset>
        <legend>{t('when')}</legend>
        {choice(
          'condition',
          'condition',
          t('condition'),
          conditions.map((one) => [one, t(one)] as const),
        )}
        {text('threshold', 'threshold', thresholdLabel(draft), {
          required: true,
          inputMode: 'decimal',
          pattern: '\\d{1,15}(\\.\\d+)?',
        })}
        {figure('forMinutes', 'for_minutes', t('forMinutes'), LONGEST_MINUTES)}
        {figure('resolveAfter', 'resolve_after_minutes', t('resolveAfter'), LONGEST_MINUTES)}
        {metric === 'conversion_rate' && figure('minClicks', 'min_clicks', t('minClicks'), 1_000_000_000)}
      </fieldset>
      <fieldset>
        <legend>{t('whom')}</legend>
        {text('webhook', 'webhook_url', t('webhook'), {
          type: 'url',
          maxLength: 2048,
          autocomplete: 'off',
          wide: true,
        })}
        {draft.webhook.trim() !== '' && figure('repeatHours', 'repeat_hours', t('repeatHours'), 720, 1)}
      </fieldset>
      <Says body={body} />
      {hint !== undefined && <p class="sub">{hint}</p>}
      <div class="row">
        <button class="btn primary">{button}</button>
        <span role="status" class={Object.keys(problems).length > 0 ? 'warn' : ''} data-outcome>
          {statusText}
        </span>
      </div>
    </form>
  );
}

const LONGEST_MINUTES = 10_080;

function thresholdLabel(draft: Draft): string {
  const { metric, currency } = draft;
  if (isRelative(conditionOf(draft))) return t('thresholdIn', { unit: '%' });
  const unit =
    metric === 'conversion_rate'
      ? '%'
      : metric === 'lag_ms'
        ? 'ms'
        : metric === 'revenue'
          ? currency.toUpperCase()
          : '';
  return unit === '' ? t('threshold') : t('thresholdIn', { unit });
}
