import { useEffect } from 'preact/hooks';
import { get } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { t } from '../../language/language.js';
import { Answered, Empty, Partial, Skeleton } from '../../parts/states.js';
import { parameter } from '../../shell/address.js';
import { freshness, FreshnessBadge, missingReason } from '../../shell/freshness.js';
import { PeriodPicker } from '../../shell/period.js';
import { Head } from '../../shell/shell.js';
import { windowParameters, zone } from '../../shell/window.js';
import { Breakdowns } from './breakdowns.js';
import { Course } from './course.js';
import { Tiles } from './tiles.js';

const EVERY_MS = 5_000;

/** Better or worse than before, by how much, and whether the figures can be trusted. */
export function Overview() {
  const asked = windowParameters();
  const compare = parameter('compare') === 'none' ? null : 'previous';
  const question = JSON.stringify([asked, compare, zone()]);
  const metrics = useAnswer(question, (signal) => get('/metrics', { ...asked, compare }, signal), EVERY_MS);
  const series = useAnswer(
    question,
    (signal) => get('/metrics/timeseries', { ...asked, tz: zone() }, signal),
    EVERY_MS,
  );
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
            {figures.total_clicks + figures.total_conversions + figures.total_sales + figures.total_votes === 0 && (
              <Empty />
            )}
          </>
        )}
      </Answered>
      <Answered asked={series} skeleton={<Skeleton height={372} />}>
        {(course) => <Course series={course} compared={compare !== null} />}
      </Answered>
      <Breakdowns question={question} asked={asked} />
    </>
  );
}

const TilesSkeleton = () => (
  <div class="tiles">
    {[1, 2, 3, 4].map(() => (
      <Skeleton height={136} />
    ))}
  </div>
);
