import '../../language/analysts.js';
import { useEffect } from 'preact/hooks';
import type { Retention } from '../../../../../funnels/application/answers/retention.answer.js';
import { get } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { t } from '../../language/language.js';
import { Choice } from '../../parts/choice.js';
import { Definitions } from '../../parts/definitions.js';
import { EmptyOfUsers } from '../../parts/empty-of-users.js';
import { Answered, Partial, Skeleton } from '../../parts/states.js';
import { parameter } from '../../shell/address.js';
import { freshness, FreshnessBadge, missingReason } from '../../shell/freshness.js';
import { RangePicker, ZonePicker } from '../../shell/period.js';
import { Head } from '../../shell/shell.js';
import { addressRange, zone } from '../../shell/window.js';
import { Grid } from './grid.js';
import { RetentionTiles } from './retention-tiles.js';

/** It hardly changes within an interval. */
const EVERY_MS = 60_000;
const INTERVALS = ['day', 'week'] as const;
const INTERVAL_WORDS = { day: 'days', week: 'weeks' } as const;
const UNSET_WORDS = { day: 'lastDays', week: 'lastWeeks' } as const;
const SHOWN = ['shares', 'users'] as const;
const SHOWN_WORDS = { shares: 'shares', users: 'byUsers' } as const;
const WORDS = {
  cohort: ['def_cohort', 'means_cohort'],
  returned: ['def_returned', 'means_returned'],
  share: ['def_share', 'means_share'],
} as const;

/** Shows who came back, by when they were first seen. */
export function RetentionView() {
  const interval = parameter('interval') === 'week' ? 'week' : 'day';
  const shown = parameter('show') === 'users' ? 'users' : 'shares';
  const asked = { interval, tz: zone(), ...addressRange() };
  const retention = useAnswer(JSON.stringify(asked), (signal) => get('/retention', asked, signal), EVERY_MS);
  const { data, old } = retention;
  useEffect(() => {
    if (data !== null) freshness.value = data;
  }, [data]);
  return (
    <>
      <Head title={t('retention')}>
        <FreshnessBadge />
        <Choice
          name="interval"
          label={t('interval')}
          of={INTERVALS}
          text={(one) => t(INTERVAL_WORDS[one])}
          chosen={interval}
        />
        <Choice name="show" label={t('shownAs')} of={SHOWN} text={(one) => t(SHOWN_WORDS[one])} chosen={shown} />
        <RangePicker unset={t(UNSET_WORDS[interval])} />
        <ZonePicker />
      </Head>
      <Answered asked={retention} skeleton={<LoadingRetention />}>
        {(answer) => <Cohorts retention={answer} shown={shown} old={old} />}
      </Answered>
    </>
  );
}

interface Of {
  readonly retention: Retention;
  readonly shown: (typeof SHOWN)[number];
  readonly old: boolean;
}

function Cohorts({ retention, shown, old }: Of) {
  const { complete, missing, cohorts, definitions } = retention;
  return (
    <div class={old ? 'old' : ''} aria-busy={old}>
      {!complete && <Partial reason={[...new Set(missing.map(missingReason))].join(', ')} />}
      <RetentionTiles retention={retention} />
      {cohorts.every(({ users }) => users === 0) ? (
        <Nobody />
      ) : (
        <section class="card">
          <Grid retention={retention} shown={shown} />
          <Definitions of={definitions} words={WORDS} />
        </section>
      )}
    </div>
  );
}

/** If a range was asked for, it may have nobody; else no events may have come yet. */
function Nobody() {
  if (addressRange() === null) return <EmptyOfUsers />;
  return (
    <section class="card state">
      <h2>{t('noCohorts')}</h2>
      <p>{t('noCohortsHow')}</p>
    </section>
  );
}

const LoadingRetention = () => (
  <>
    <div class="tiles">
      {[1, 2, 3, 4].map(() => (
        <Skeleton height={104} />
      ))}
    </div>
    <Skeleton height={480} />
  </>
);
