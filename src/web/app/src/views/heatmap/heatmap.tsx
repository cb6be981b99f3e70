import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { HeatmapSummary } from '../../../../../heatmap/application/answers/summary.answer.js';
import { get } from '../../api/client.js';
import { type Asked, useAnswer } from '../../api/use-answer.js';
import { t } from '../../language/language.js';
import { Choice } from '../../parts/choice.js';
import { Answered, Empty, Partial, Skeleton } from '../../parts/states.js';
import { address, go, withParameters } from '../../shell/address.js';
import { freshness, FreshnessBadge, missingReason } from '../../shell/freshness.js';
import { WindowPicker } from '../../shell/period.js';
import { Head } from '../../shell/shell.js';
import { windowParameters } from '../../shell/window.js';
import { Elements } from './elements.js';
import { allClicks, Figures } from './figures.js';
import { MapCard } from './map-card.js';
import { COUNTED } from './map/cells.js';
import { type ShownPage, vanishedFrom } from './map/projection.js';
import { PageList } from './page-list.js';
import { Reach, Scrolled } from './reach.js';
import { DEVICES, type Filters, LAYERS, readFilters } from './reading/filters.js';

const EVERY_MS = 30_000;
const SHOWN_PAGES = 40;
const USUAL_PERIOD = '7d';
/** The chosen cell is one of a map that another choice changes. */
const NO_CELL = { cell: null } as const;
/** Figures from the indexes come at once. Figures that need each event come later if there are many clicks. */
const COUNTS = { rows: COUNTED, columns: COUNTED, elements: 'false' };
const DETAILS = { rows: 5, columns: 5, events: 0 };

/** Shows where people click on a page, and how far they read. */
export function Heatmap() {
  const filters = readFilters(address.value.searchParams);
  const { device, user, layer } = filters;
  const asked = windowParameters(USUAL_PERIOD);
  const pages = useAnswer(
    JSON.stringify(asked),
    (signal) => get('/api/heatmap/pages', { ...asked, limit: SHOWN_PAGES }, signal),
    EVERY_MS,
  );
  const page = filters.page ?? pages.data?.pages[0]?.page_url ?? null;
  const wanted = { ...asked, page_url: page, device, user_id: user };
  const question = page === null ? null : JSON.stringify(wanted);
  const summary = useAnswer(
    question,
    (signal) => get('/api/heatmap/summary', { ...wanted, ...COUNTS }, signal),
    EVERY_MS,
  );
  const details = useAnswer(
    question,
    (signal) => get('/api/heatmap/summary', { ...wanted, ...DETAILS }, signal),
    EVERY_MS,
  );
  useEffect(() => {
    // A link that is passed on shows the same page, whichever has most clicks by then.
    if (filters.page === null && page !== null) go(withParameters({ page_url: page }), true);
  }, [filters.page, page]);
  useEffect(() => {
    if (summary.data !== null) freshness.value = summary.data;
  }, [summary.data]);
  const nothing = pages.data !== null && pages.data.pages.length === 0 && filters.page === null;
  return (
    <>
      <Head title={t('heatMap')}>
        <FreshnessBadge />
        <Choice
          name="device"
          label={t('device')}
          of={DEVICES}
          text={t}
          none={t('allDevices')}
          chosen={device}
          clears={NO_CELL}
        />
        <Choice name="layer" label={t('layer')} of={LAYERS} text={t} chosen={layer} clears={NO_CELL} />
        <WindowPicker unset={USUAL_PERIOD} />
      </Head>
      {nothing ? (
        <Empty how={t('emptyHeatMap')} line={`<script src="${location.origin}/tracker.js" defer></script>`} />
      ) : page === null ? (
        <Answered asked={pages} skeleton={<LoadingMap />}>
          {() => <LoadingMap />}
        </Answered>
      ) : (
        <Answered asked={summary} skeleton={<LoadingMap />}>
          {(data) => (
            <OnePage
              key={data.page_url}
              summary={data}
              details={details}
              filters={filters}
              list={<Answered asked={pages}>{(list) => <PageList pages={list} chosen={data.page_url} />}</Answered>}
            />
          )}
        </Answered>
      )}
    </>
  );
}

interface Of {
  readonly summary: HeatmapSummary;
  readonly details: Asked<HeatmapSummary>;
  readonly filters: Filters;
  readonly list: ComponentChildren;
}

function OnePage({ summary, details, filters, list }: Of) {
  const [shown, setShown] = useState<ShownPage | null>(null);
  const known = details.data !== null && areAlike(details.data, summary) ? details.data : null;
  const vanished = shown === null ? [] : vanishedFrom(shown, known?.elements ?? []);
  const { complete, missing } = summary;
  return (
    <>
      {!complete && <Partial reason={[...new Set(missing.map(missingReason))].join(', ')} />}
      <Figures summary={summary} details={known} />
      <section class="heat-map">
        <div>{list}</div>
        {allClicks(summary) + summary.views === 0 ? (
          <div class="card state">
            <h2>{t('noClicks')}</h2>
            <p>{t('emptyFilterHow')}</p>
          </div>
        ) : (
          <MapCard
            summary={summary}
            details={known}
            filters={filters}
            shown={shown}
            vanished={vanished}
            onShown={setShown}
          />
        )}
        <div>
          <Reach summary={summary} />
          <Elements asked={details} vanished={vanished} />
          <Scrolled summary={summary} />
        </div>
      </section>
    </>
  );
}

/** Whether two answers belong to one question. The earlier answer stays until the next one is there. */
const areAlike = (one: HeatmapSummary, other: HeatmapSummary): boolean =>
  one.page_url === other.page_url && one.device === other.device && one.user_id === other.user_id;

const LoadingMap = () => (
  <>
    <Skeleton height={72} />
    <section class="heat-map">
      <Skeleton height={290} />
      <Skeleton height={620} />
      <Skeleton height={400} />
    </section>
  </>
);
