import { useState } from 'preact/hooks';
import type {
  RegionStanding,
  Regions as RegionsAnswer,
} from '../../../../../regions/application/answers/regions.answer.js';
import { get } from '../../api/client.js';
import type { RequestFailed } from '../../api/problem.js';
import { mergeRegion } from '../../api/regions.js';
import { useAnswer } from '../../api/use-answer.js';
import { dateTime, span, t } from '../../language/language.js';
import { Answered, Skeleton } from '../../parts/states.js';
import { Table } from '../../parts/table.js';
import { mayOperate } from '../../shell/sign-in.js';
import { zone } from '../../shell/window.js';
import { Conflicts } from './conflicts.js';
import { Merges } from './merges.js';

const EVERY_MS = 5_000;

/** The other regions, what was merged of them, and where they disagree. */
export function Regions() {
  const asked = useAnswer('regions', (signal) => get('/regions', {}, signal), EVERY_MS);
  return (
    <Answered asked={asked} skeleton={<Skeleton height={120} />}>
      {(known) => (
        <>
          <section class="card">
            <h2>{t('regions')}</h2>
            <p class="sub">
              {known.region !== null && `${t('thisRegion', { name: known.region })} `}
              {known.regions.length > 0 ? t('regionsSub') : t('regionsNone')}
            </p>
            {known.regions.length > 0 && <Others regions={known.regions} begun={asked.again} />}
          </section>
          {takesPart(known) && (
            <>
              <section class="card">
                <h2>{t('lastMerges')}</h2>
                <Merges merges={known.merges} />
              </section>
              <section class="card">
                <h2>{t('conflicts')}</h2>
                <Conflicts conflicts={known.conflicts} />
              </section>
            </>
          )}
        </>
      )}
    </Answered>
  );
}

/** Merges stay visible when no other region is named any longer. */
const takesPart = ({ regions, merges, conflicts }: RegionsAnswer): boolean =>
  regions.length + merges.length + conflicts.total > 0;

const DOTS: Readonly<Record<RegionStanding['status'], string>> = {
  never: 'dot hollow',
  merging: 'dot amber',
  merged: 'dot',
  interrupted: 'dot amber',
  unreachable: 'dot red',
  refused: 'dot red',
  failed: 'dot red',
};

function Others({ regions, begun }: { regions: readonly RegionStanding[]; begun: () => void }) {
  const [statusText, setStatusText] = useState<{ text: string; well: boolean }>({ text: '', well: true });
  const offered = mayOperate();
  const merge = async (name: string, dryRun: boolean) => {
    try {
      await mergeRegion(name, dryRun);
      setStatusText({ text: t('mergeBegun'), well: true });
      begun();
    } catch (error) {
      setStatusText({ text: (error as RequestFailed).detail || t('errorNetwork'), well: false });
    }
  };
  const button = (name: string, dryRun: boolean) => (
    <button
      class="btn"
      aria-label={t(dryRun ? 'rehearseFrom' : 'mergeFrom', { name })}
      onClick={() => void merge(name, dryRun)}
    >
      {t(dryRun ? 'rehearse' : 'mergeNow')}
    </button>
  );
  return (
    <>
      <Table
        label={t('regions')}
        stacked
        columns={[
          { title: t('region') },
          { title: t('state') },
          { title: t('mergedUntil') },
          { title: t('behindBy'), numeric: true },
          ...(offered ? [{ title: t('merge'), numeric: true }] : []),
        ]}
        rows={regions.map(({ name, status, merged_until, lag_ms }) => [
          name,
          <span class="k">
            <span class={DOTS[status]} aria-hidden="true" />
            {t(`region_${status}`)}
          </span>,
          merged_until === null ? '–' : dateTime(merged_until, zone()),
          lag_ms === null ? '–' : span(lag_ms),
          ...(offered
            ? [
                <span class="acts">
                  {button(name, true)}
                  {button(name, false)}
                </span>,
              ]
            : []),
        ])}
      />
      <p role="status" class={statusText.well ? 'good' : 'warn'} data-begun>
        {statusText.text}
      </p>
    </>
  );
}
