import type { Funnel } from '../../../../../funnels/application/answers/funnel.answer.js';
import { number, percent, span, t } from '../../language/language.js';

interface Of {
  /** Null: there are no figures of these steps yet. */
  readonly funnel: Funnel | null;
  readonly at: number;
}

/** Shows how many reached the step, and marks where the window before was. */
export function StepBar({ funnel, at }: Of) {
  const step = funnel?.steps[at];
  const before = funnel?.comparison?.steps[at];
  const part = step?.rate_from_first ?? 0;
  const beforePart = before?.rate_from_first ?? 0;
  return (
    <>
      <span class="track" aria-hidden="true">
        {/* The first step is the whole, also where nobody did it. */}
        <span class="fill" style={{ width: `${part}%` }} />
        {at > 0 && before !== undefined && <span class="mark" style={{ left: `${beforePart}%` }} />}
      </span>
      <span class="figures">
        <b data-count={at + 1}>{step === undefined ? '–' : number(step.count)}</b>
        {step !== undefined && at > 0 && <span>{percent(part)}</span>}
        {before !== undefined && (
          <span class="under">{t('before', { value: at === 0 ? number(before.count) : percent(beforePart) })}</span>
        )}
      </span>
    </>
  );
}

/** Shows how many are lost on the way to a step, and how long the others took. */
export function StepLoss({ funnel, at }: Of) {
  const [from, to] = [funnel?.steps[at - 1], funnel?.steps[at]];
  if (from === undefined || to === undefined) return <p class="loss" />;
  const lost = from.count - to.count;
  return (
    <p class="loss">
      {from.count > 0 && (
        <span class={lost > 0 ? 'lost' : ''}>
          {t('dropped', { n: number(lost), rate: percent(100 - (to.rate_from_previous ?? 0)) })}
        </span>
      )}
      {to.median_ms !== null && to.p90_ms !== null && (
        <span>{t('timeBetween', { median: span(to.median_ms), p90: span(to.p90_ms) })}</span>
      )}
    </p>
  );
}
