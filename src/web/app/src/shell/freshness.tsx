import { signal } from '@preact/signals';
import type { Freshness } from '../../../../metrics/application/answers/freshness.answer.js';
import { clock, number, t, type Word } from '../language/language.js';
import { zone } from './window.js';

/** The freshness of the newest figures on the page. */
export const freshness = signal<Freshness | null>(null);

const shortTopic = (topic: string | null) => topic?.split('/').at(-1) ?? '';

export const missingReason = ({ reason, topic }: Freshness['missing'][number]): string =>
  t(`reason_${reason}` as Word, { topic: shortTopic(topic) });

/** Whether the figures can be relied on, and of when they are. */
export function FreshnessBadge() {
  const fresh = freshness.value;
  if (fresh === null) return <span class="fresh" />;
  const { as_of, lag_ms, complete, missing } = fresh;
  // The first says enough here; the view names them all.
  const reasons = missing[0] === undefined ? '' : missingReason(missing[0]);
  return (
    <span class="fresh" role="status" aria-live="off">
      <span class={complete ? 'dot' : 'dot amber'} aria-hidden="true" />
      <span>
        {t('asOf', { time: clock(as_of, zone()) })}
        {lag_ms !== null && ` · ${t('lag', { ms: number(lag_ms) })}`}
        {' · '}
        {complete ? t('complete') : <b class="warn">{t('incomplete', { reason: reasons })}</b>}
      </span>
    </span>
  );
}
