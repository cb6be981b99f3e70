import { useEffect } from 'preact/hooks';
import type { Metrics } from '../../../../../metrics/application/answers/metrics.answer.js';
import { get } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { t } from '../../language/language.js';
import { Answered, Empty, Partial, Skeleton } from '../../parts/states.js';
import { freshness, FreshnessBadge, missingReason } from '../../shell/freshness.js';
import { PeriodPicker } from '../../shell/period.js';
import { Head } from '../../shell/shell.js';
import { comparing, windowParameters, zone } from '../../shell/window.js';
import { Breakdowns } from './breakdowns.js';
import { Course } from './course.js';
import { Tiles } from './tiles.js';

const EVERY_MS = 5_000;
/** The height of the chart with its title and its table's line. */
const COURSE_HEIGHT = 356;

/** Better or worse than before, by how much, and whether the figures can be trusted. */
export function Overview() {
  const asked = windowParameters();
  const compare = comparing();
  const compared = { ...asked, compare, tz: zone() };
  const question = JSON.stringify([asked, compare, zone()]);
  const metrics = useAnswer(question, (signal) => get('/metrics', compared, signal), EVERY_MS);
  const series = useAnswer(question, (signal) => get('/metrics/timeseries', compared, signal), EVERY_MS);
  const { data } = metrics;
  useEffect(() => {
    if (data !== null) freshness.value = data;
  }, [data]);
  return (
    <>
      <Head title={t('overview')}>
        <FreshnessBadge />
        <PeriodPicker />
      </Head>
      <Answered asked={metrics} skeleton={<TilesSkeleton />}>
        {(figures) => (
          <>
            {!figures.complete && <Partial reason={[...new Set(figures.missing.map(missingReason))].join(', ')} />}
            <Tiles metrics={figures} points={series.data?.points ?? []} />
            {isEmpty(figures) && <Empty />}
          </>
        )}
      </Answered>
      {(data === null ? metrics.error === null : !isEmpty(data)) && (
        <>
          <Answered asked={series} skeleton={<Skeleton height={COURSE_HEIGHT} />}>
            {(course) => <Course series={course} />}
          </Answered>
          <Breakdowns question={question} asked={asked} />
        </>
      )}
    </>
  );
}

const isEmpty = ({ total_clicks, total_conversions, total_sales, total_votes, total_views }: Metrics): boolean =>
  total_clicks + total_conversions + total_sales + total_votes + total_views === 0;

const TilesSkeleton = () => (
  <div class="tiles">
    {[1, 2, 3, 4].map(() => (
      <Skeleton height={136} />
    ))}
  </div>
);
