import '../../language/analysts.js';
import { useEffect } from 'preact/hooks';
import type { Paths } from '../../../../../funnels/application/answers/paths.answer.js';
import { get } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { range, t } from '../../language/language.js';
import { Choice } from '../../parts/choice.js';
import { Definitions } from '../../parts/definitions.js';
import { Answered, Empty, Partial, Skeleton } from '../../parts/states.js';
import { go, parameter, withParameters } from '../../shell/address.js';
import { freshness, FreshnessBadge, missingReason } from '../../shell/freshness.js';
import { Head } from '../../shell/shell.js';
import { addressRange, PERIODS, zone } from '../../shell/window.js';
import { PageChoice } from './page-choice.js';
import { PathsTable } from './paths-table.js';
import { PathsTiles } from './paths-tiles.js';
import type { Direction } from './tree.js';
import { Walk } from './walk.js';
import { NO_WAY } from './way.js';

const EVERY_MS = 30_000;
const USUAL_PERIOD = '7d';
const KNOWN_PAGES = 30;
const DIRECTIONS = ['from', 'to'] as const satisfies readonly Direction[];
const DIRECTION_WORDS = { from: 'pathsFrom', to: 'pathsTo' } as const;
const WORDS = {
  pages: ['def_pages', 'means_pages'],
  from: ['def_from', 'means_from'],
  to: ['def_to', 'means_to'],
} as const;

/** Shows where people go from a page, or from where they come to it. */
export function PathsView() {
  const asked = PERIODS.find((one) => one === parameter('period')) ?? USUAL_PERIOD;
  const ignored = addressRange();
  const direction = parameter('direction') === 'to' ? 'to' : 'from';
  const known = useAnswer(asked, (signal) => get('/metrics/pages', { period: asked, limit: KNOWN_PAGES }, signal));
  const pages = (known.data?.pages ?? []).map(({ page_url }) => page_url);
  const page = parameter('page_url') || (pages[0] ?? null);
  const wanted = { [direction]: page, period: asked };
  const paths = useAnswer(
    page === null ? null : JSON.stringify(wanted),
    (signal) => get('/paths', wanted, signal),
    EVERY_MS,
  );
  const { data } = paths;
  useEffect(() => {
    // A link that is passed on shows the same page, whichever has most clicks by then.
    if (!parameter('page_url') && page !== null) go(withParameters({ page_url: page }), true);
  }, [page]);
  useEffect(() => {
    if (data !== null) freshness.value = data;
  }, [data]);
  return (
    <>
      <Head title={t('paths')}>
        <FreshnessBadge />
        <Choice
          name="direction"
          label={t('direction')}
          of={DIRECTIONS}
          text={(one) => t(DIRECTION_WORDS[one])}
          chosen={direction}
          clears={NO_WAY}
        />
        <Choice
          name="period"
          label={t('period')}
          of={PERIODS}
          text={(one) => one}
          usual={USUAL_PERIOD}
          chosen={asked}
        />
      </Head>
      {ignored !== null && (
        <p class="partial">{t('pathsNoRange', { range: range(ignored.from, ignored.to, zone()) })}</p>
      )}
      {page === null ? (
        <Answered asked={known} skeleton={<LoadingPaths />}>
          {() => <Empty how={t('emptyPaths')} line={`<script src="${location.origin}/tracker.js" defer></script>`} />}
        </Answered>
      ) : (
        <>
          <PageChoice key={page} page={page} pages={pages} />
          <Answered asked={paths} skeleton={<LoadingPaths />}>
            {(answer) => <Tree paths={answer} old={paths.old} />}
          </Answered>
        </>
      )}
    </>
  );
}

function Tree({ paths, old }: { paths: Paths; old: boolean }) {
  const { complete, missing, sessions, definitions } = paths;
  return (
    <div class={old ? 'old' : ''} aria-busy={old}>
      {!complete && <Partial reason={[...new Set(missing.map(missingReason))].join(', ')} />}
      <PathsTiles paths={paths} />
      {sessions === 0 ? (
        <section class="card state">
          <h2>{t('noPaths')}</h2>
          <p>{t('noPathsHow')}</p>
        </section>
      ) : (
        <section class="card">
          <Walk paths={paths} />
          <PathsTable paths={paths} />
          <Definitions of={definitions} words={WORDS} />
        </section>
      )}
    </div>
  );
}

const LoadingPaths = () => (
  <>
    <div class="tiles">
      {[1, 2, 3, 4].map(() => (
        <Skeleton height={104} />
      ))}
    </div>
    <Skeleton height={400} />
  </>
);
