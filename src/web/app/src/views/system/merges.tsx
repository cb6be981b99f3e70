import type { Merge } from '../../../../../regions/application/answers/regions.answer.js';
import { dateTime, number, span, t } from '../../language/language.js';
import { Table } from '../../parts/table.js';
import { zone } from '../../shell/window.js';

const DOTS: Readonly<Record<Merge['state'], string>> = {
  running: 'dot amber',
  done: 'dot',
  failed: 'dot red',
  interrupted: 'dot amber',
};

/** The newest first, with what became of each event. */
export function Merges({ merges }: { merges: readonly Merge[] }) {
  return (
    <Table
      label={t('lastMerges')}
      stacked
      empty={t('mergesNone')}
      columns={[
        { title: t('beganAt') },
        { title: t('region') },
        { title: t('state') },
        { title: t('mergedFacts'), numeric: true },
        { title: t('knownFacts'), numeric: true },
        { title: t('conflictingFacts'), numeric: true },
        { title: t('took'), numeric: true },
      ]}
      rows={merges.map((merge) => [
        <span>
          {dateTime(merge.started_at, zone())} <span class="under">{t('begunBy', { who: merge.actor })}</span>
        </span>,
        merge.from,
        <State merge={merge} />,
        number(merge.merged),
        number(merge.known),
        number(merge.conflicts),
        span(merge.duration_ms),
      ])}
    />
  );
}

/** And what else is to be known of it. */
function State({ merge }: { merge: Merge }) {
  const { state, dry_run, restamped, below_floor, rejected, dead_letters, held_back_ms, held_back_by, detail } = merge;
  const others = [restamped, below_floor, rejected];
  const more = [
    detail,
    others.some((count) => count > 0)
      ? t('otherFacts', { restamped: number(restamped), below: number(below_floor), rejected: number(rejected) })
      : null,
    dead_letters === null || dead_letters === 0 ? null : t('deadLettersThere', { n: number(dead_letters) }),
    held_back_ms === null || held_back_ms === 0
      ? null
      : t('heldBack', { time: span(held_back_ms), who: held_back_by ?? '' }),
  ].filter((one) => one !== null);
  return (
    <span class="long">
      <span class="k">
        <span class={DOTS[state]} aria-hidden="true" />
        <span>
          {t(`merge_${state}`)}
          {dry_run && ` · ${t('rehearsal')}`}
        </span>
      </span>
      {more.map((one) => (
        <span class="under">{one}</span>
      ))}
    </span>
  );
}
