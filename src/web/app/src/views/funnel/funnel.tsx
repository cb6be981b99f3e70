import '../../language/analysts.js';
import { useEffect } from 'preact/hooks';
import type { Funnel } from '../../../../../funnels/application/answers/funnel.answer.js';
import { get } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { number, range, t } from '../../language/language.js';
import { Definitions } from '../../parts/definitions.js';
import { EmptyOfUsers } from '../../parts/empty-of-users.js';
import { Failed, Partial, Skeleton } from '../../parts/states.js';
import { parameter } from '../../shell/address.js';
import { freshness, FreshnessBadge, missingReason } from '../../shell/freshness.js';
import { ComparePicker, WindowPicker, ZonePicker } from '../../shell/period.js';
import { Head } from '../../shell/shell.js';
import { comparing, windowParameters, zone } from '../../shell/window.js';
import { FunnelTable } from './funnel-table.js';
import { FunnelTiles } from './funnel-tiles.js';
import { FunnelSettings } from './settings.js';
import { StepList } from './step-list.js';
import { readSteps, readWithin, writeSteps } from './steps.js';

const EVERY_MS = 30_000;
const USUAL_PERIOD = '7d';
const WORDS = {
  start: ['def_start', 'means_start'],
  next: ['def_next', 'means_next'],
  ties: ['def_ties', 'means_ties'],
  within: ['def_within', 'means_within'],
  rate_from_previous: ['def_rate_from_previous', 'means_rate_from_previous'],
  rate_from_first: ['def_rate_from_first', 'means_rate_from_first'],
} as const;

/** How many do one thing after the other, where they drop out, and whether that is better than before. */
export function FunnelView() {
  const steps = writeSteps(readSteps(parameter('steps')));
  const by = parameter('by') === 'session' ? 'session' : 'user';
  const within = readWithin(parameter('within'));
  const compare = comparing();
  const asked = {
    steps,
    by,
    within,
    page_url: parameter('page_url'),
    ...windowParameters(USUAL_PERIOD),
    compare,
    tz: compare === null ? null : zone(),
  };
  const funnel = useAnswer(JSON.stringify(asked), (signal) => get('/funnel', asked, signal), EVERY_MS);
  const { data, error, old, again } = funnel;
  useEffect(() => {
    if (data !== null) freshness.value = data;
  }, [data]);
  return (
    <>
      <Head title={t('funnel')}>
        <FreshnessBadge />
        <WindowPicker unset={USUAL_PERIOD} />
        <ComparePicker />
        <ZonePicker />
      </Head>
      {error !== null && <Failed error={error} again={again} />}
      {data !== null && !data.complete && <Partial reason={[...new Set(data.missing.map(missingReason))].join(', ')} />}
      {data === null && error === null && <TilesSkeleton />}
      {data !== null && <FunnelTiles funnel={data} old={old} />}
      {!(error?.needsKey ?? false) && (
        <section class="card">
          <h2>{t('steps')}</h2>
          <p class="sub">{data === null ? '\u00a0' : whatText(data)}</p>
          <FunnelSettings by={by} within={within} />
          <StepList text={steps} funnel={data} old={old} loading={data === null && error === null} />
          {data !== null && (
            <>
              <p class="sub half">{excludedText(data)}</p>
              <FunnelTable funnel={data} />
              <Definitions of={data.definitions} words={WORDS} />
            </>
          )}
        </section>
      )}
      {data !== null && !old && data.steps[0]?.count === 0 && <Nobody />}
    </>
  );
}

const whatText = ({ by, window: { from, to }, comparison }: Funnel): string => {
  const counted = t('stepsSub', { who: t(by === 'user' ? 'byUsers' : 'bySessions'), range: range(from, to, zone()) });
  return comparison === undefined ? counted : `${counted} · ${t('markBefore')}`;
};

const excludedText = ({ by, excluded }: Funnel): string =>
  t(by === 'user' ? 'excluded' : 'excludedSessions', { n: number(excluded) });

/** If a question was asked, it may be the wrong one; else no events may have come yet. */
function Nobody() {
  if (parameter('steps') === null && parameter('page_url') === null) return <EmptyOfUsers />;
  return (
    <section class="card state">
      <h2>{t('nobodyBegan')}</h2>
      <p>{t('nobodyBeganHow')}</p>
    </section>
  );
}

const TilesSkeleton = () => (
  <div class="tiles">
    {[1, 2, 3, 4].map(() => (
      <Skeleton height={104} />
    ))}
  </div>
);
