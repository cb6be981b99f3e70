import { t } from '../../language/language.js';
import { PAGES_ID, TYPES_ID } from './settings.js';
import { isComplete, type Kind, KINDS, needsValue, type Step } from './steps.js';

export const KIND_WORDS = {
  click: 'step_click',
  conversion: 'step_conversion',
  sale: 'step_sale',
  'view@': 'step_viewAt',
  'click@': 'step_clickAt',
  'conversion:': 'step_conversionOf',
} as const;

interface Of {
  readonly step: Step;
  readonly at: number;
  readonly last: boolean;
  readonly onChange: (step: Step) => void;
  /** While somebody is still writing. */
  readonly onWrite: (step: Step) => void;
  readonly onMove: (to: number) => void;
  /** Null: no fewer steps make a funnel. */
  readonly onRemove: (() => void) | null;
}

/** Edits one step and its place. */
export function StepEditor({ step, at, last, onChange, onWrite, onMove, onRemove }: Of) {
  const { kind, value } = step;
  const n = at + 1;
  const hint = `step-hint-${n}`;
  // A page stays the page where only what is done there changes.
  const choose = (next: Kind) => onChange({ kind: next, value: next.endsWith('@') && kind.endsWith('@') ? value : '' });
  return (
    <div class="edit">
      <select
        class="btn"
        aria-label={t('stepKind', { n })}
        value={kind}
        onChange={({ currentTarget }) => choose(currentTarget.value as Kind)}
      >
        {KINDS.map((one) => (
          <option value={one}>{t(KIND_WORDS[one])}</option>
        ))}
      </select>
      {needsValue(step) && (
        <input
          value={value}
          list={kind === 'conversion:' ? TYPES_ID : PAGES_ID}
          aria-label={t(kind === 'conversion:' ? 'stepType' : 'stepValue', { n })}
          aria-describedby={isComplete(step) ? undefined : hint}
          onInput={({ currentTarget }) => onWrite({ kind, value: currentTarget.value })}
          onChange={({ currentTarget }) => onChange({ kind, value: currentTarget.value })}
        />
      )}
      <span class="acts">
        <button
          class="plain"
          data-act="up"
          disabled={at === 0}
          aria-label={t('stepUp', { n })}
          onClick={() => onMove(at - 1)}
        >
          <span aria-hidden="true">↑</span>
        </button>
        <button
          class="plain"
          data-act="down"
          disabled={last}
          aria-label={t('stepDown', { n })}
          onClick={() => onMove(at + 1)}
        >
          <span aria-hidden="true">↓</span>
        </button>
        <button
          class="plain"
          data-act="remove"
          disabled={onRemove === null}
          aria-label={t('stepRemove', { n })}
          onClick={() => onRemove?.()}
        >
          <span aria-hidden="true">×</span>
        </button>
      </span>
      {!isComplete(step) && (
        <p class="under" id={hint}>
          {t('stepMissing')}
        </p>
      )}
    </div>
  );
}
