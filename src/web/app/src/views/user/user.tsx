import '../../language/analysts.js';
import { useEffect } from 'preact/hooks';
import { t } from '../../language/language.js';
import { Definitions } from '../../parts/definitions.js';
import { Failed, Partial, Skeleton } from '../../parts/states.js';
import { go, viewAddress } from '../../shell/address.js';
import { freshness, FreshnessBadge, missingReason } from '../../shell/freshness.js';
import { RangePicker } from '../../shell/period.js';
import { Head } from '../../shell/shell.js';
import { addressRange } from '../../shell/window.js';
import { Session } from './session.js';
import { gapsBefore, type Walked } from './sessions.js';
import { Summary } from './summary.js';
import { useJourney } from './use-journey.js';

const WORDS = {
  session: ['def_session', 'means_session'],
  order: ['def_order', 'means_order'],
} as const;

/** Shows what one person did, session by session. */
export function User({ rest }: { rest: string }) {
  const user = rest === '' ? null : rest;
  const { walked, error, more, again } = useJourney(user, { ...addressRange() });
  useEffect(() => {
    if (walked !== null) freshness.value = walked.journey;
  }, [walked]);
  return (
    <>
      <Head title={t('user')}>
        {user !== null && <code class="long">{user}</code>}
        {user !== null && <FreshnessBadge />}
        {user !== null && <RangePicker unset={t('allKept')} />}
      </Head>
      {user === null && <WhichUser />}
      {error !== null && <Failed error={error} again={again} />}
      {user !== null && walked === null && error === null && <Loading />}
      {walked !== null && <Whole walked={walked} more={more} />}
    </>
  );
}

function Whole({ walked: { journey, sessions }, more }: { walked: Walked; more: () => void }) {
  const { complete, missing, summary, definitions, next_cursor } = journey;
  const gaps = gapsBefore(sessions);
  return (
    <>
      {!complete && <Partial reason={[...new Set(missing.map(missingReason))].join(', ')} />}
      {summary.total_events === 0 ? (
        <Unknown />
      ) : (
        <>
          <Summary summary={summary} />
          {sessions.map((session, at) => (
            <Session key={`${session.session_id} ${session.started_at}`} session={session} gap={gaps[at]!} />
          ))}
          {next_cursor !== null && (
            <button class="btn end" onClick={more}>
              {t('loadMore')}
            </button>
          )}
          <Definitions of={definitions} words={WORDS} />
        </>
      )}
    </>
  );
}

/** Nothing of that person, or nothing in the range. */
function Unknown() {
  const ranged = addressRange() !== null;
  return (
    <section class="card state">
      <h2>{t(ranged ? 'noneInRange' : 'emptyUser')}</h2>
      <p>{t(ranged ? 'noneInRangeHow' : 'emptyUserHow')}</p>
      <a class="btn" href={viewAddress('/dashboard/events')}>
        {t('toEvents')}
      </a>
    </section>
  );
}

function WhichUser() {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const id = (new FormData(event.currentTarget as HTMLFormElement).get('user') as string).trim();
    if (id !== '') go(viewAddress(`/dashboard/users/${encodeURIComponent(id)}`));
  };
  return (
    <section class="card">
      <h2>{t('whichUser')}</h2>
      <p class="sub">{t('whichUserHow')}</p>
      <form class="row" onSubmit={submit}>
        <input name="user" aria-label={t('userId')} required />
        <button class="btn">{t('look')}</button>
      </form>
    </section>
  );
}

const Loading = () => (
  <>
    <Skeleton height={120} />
    <Skeleton height={300} />
  </>
);
