import { useEffect, useRef, useState } from 'preact/hooks';
import type { Funnel } from '../../../../../funnels/application/answers/funnel.answer.js';
import { t } from '../../language/language.js';
import { StepBar, StepLoss } from './step-bar.js';
import { StepEditor } from './step-editor.js';
import { LEAST_STEPS, MOST_STEPS, type Step, writeSteps } from './steps.js';
import { useDraft } from './use-draft.js';

interface Of {
  /** The steps of the address. */
  readonly text: string;
  readonly funnel: Funnel | null;
  /** Whether it answers the question before. */
  readonly old: boolean;
  readonly loading: boolean;
}

/** The steps, edited in place, each with its bar, and what is lost between them. */
export function StepList({ text, funnel, old, loading }: Of) {
  const { steps, change, write } = useDraft(text);
  const [statusText, setStatusText] = useState('');
  const list = useRef<HTMLOListElement>(null);
  const focused = useRef<readonly string[]>([]);
  // A person who moves a step with the keyboard stays with it.
  useEffect(() => {
    const place = list.current?.parentElement;
    const found = focused.current.map((one) => place?.querySelector<HTMLElement>(`${one}:enabled`));
    focused.current = [];
    found.find((one) => one != null)?.focus();
  }, [steps]);
  const replaced = (at: number, step: Step) => steps.map((one, n) => (n === at ? step : one));
  const move = (from: number, to: number) => {
    const moved = [...steps];
    moved.splice(to, 0, ...moved.splice(from, 1));
    const [same, other] = to < from ? ['up', 'down'] : ['down', 'up'];
    focused.current = [same, other].map((act) => `[data-step="${to + 1}"] [data-act="${act}"]`);
    setStatusText(t('stepMoved', { from: from + 1, to: to + 1 }));
    change(moved);
  };
  const remove = (at: number) => {
    focused.current = [`[data-step="${Math.min(at + 1, steps.length - 1)}"] [data-act="remove"]`, '[data-act="add"]'];
    change(steps.filter((_, n) => n !== at));
  };
  const add = () => {
    focused.current = [`[data-step="${steps.length + 1}"] select`];
    change([...steps, { kind: 'sale', value: '' }]);
  };
  const shown = funnel !== null && funnel.steps.map(({ step }) => step).join(',') === writeSteps(steps) ? funnel : null;
  return (
    <>
      <ol ref={list} class={`funnel ${old ? 'old' : ''}`} aria-label={t('steps')} aria-busy={old || loading}>
        {steps.map((step, at) => (
          <li data-step={at + 1}>
            {at > 0 && <StepLoss funnel={shown} at={at} />}
            <span class="nth" aria-hidden="true">
              {at + 1}
            </span>
            <StepEditor
              step={step}
              at={at}
              last={at === steps.length - 1}
              onWrite={(next) => write(replaced(at, next))}
              onChange={(next) => change(replaced(at, next))}
              onMove={(to) => move(at, to)}
              onRemove={steps.length > LEAST_STEPS ? () => remove(at) : null}
            />
            <StepBar funnel={shown} at={at} />
          </li>
        ))}
      </ol>
      <button class="btn" data-act="add" disabled={steps.length >= MOST_STEPS} onClick={add}>
        {t('addStep')}
      </button>
      <span class="unseen" role="status">
        {statusText}
      </span>
    </>
  );
}
