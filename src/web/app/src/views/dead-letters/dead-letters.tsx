import { useState } from 'preact/hooks';
import { get, replayAll } from '../../api/client.js';
import type { RequestFailed } from '../../api/problem.js';
import { useAnswer } from '../../api/use-answer.js';
import { dateTime, number, t } from '../../language/language.js';
import { Answered } from '../../parts/states.js';
import { go, parameter, viewAddress, withParameters } from '../../shell/address.js';
import { Head } from '../../shell/shell.js';
import { zone } from '../../shell/window.js';
import { Letter } from './letter.js';

const EVERY_MS = 10_000;
const STATES = [
  ['open', 'open'],
  ['replayed', 'replayed'],
  ['all', 'allStates'],
] as const;

/** What could not be recorded: look at it, mend it, replay it. */
export function DeadLetters({ rest: id }: { rest: string }) {
  const reason = parameter('reason');
  const state = parameter('state') ?? 'open';
  const [turn, setTurn] = useState(0);
  const counts = useAnswer(`counts ${turn}`, (signal) => get('/dead-letters/counts', {}, signal), EVERY_MS);
  const wanted = { reason, state: state === 'all' ? null : state, limit: 100 };
  const letters = useAnswer(JSON.stringify([wanted, turn]), (signal) => get('/dead-letters', wanted, signal), EVERY_MS);
  const changed = () => setTurn((before) => before + 1);
  return (
    <>
      <Head title={t('deadLetters')}>
        <span class="seg" role="group" aria-label={t('state')}>
          {STATES.map(([value, word]) => (
            <button
              aria-pressed={state === value}
              onClick={() => go(withParameters({ state: value }, '/dashboard/dead-letters'))}
            >
              {t(word)}
            </button>
          ))}
        </span>
      </Head>
      <Answered asked={counts}>
        {({ reasons }) => {
          const shown = reasons.filter(({ open, replayed }) => open + replayed > 0);
          return (
            shown.length > 0 && (
              <section class={id === '' ? 'card' : 'card beside-letter'}>
                <ul class="reasons">
                  {shown.map((one) => (
                    <li>
                      <a
                        href={withParameters(
                          { reason: one.reason === reason ? null : one.reason },
                          '/dashboard/dead-letters',
                        )}
                        aria-current={one.reason === reason ? 'true' : undefined}
                      >
                        <code>{one.reason}</code>
                        <span class="n">{number(one.open)}</span>
                      </a>
                      <p class="sub">
                        {one.meaning}. {one.fix}
                      </p>
                      {one.reason === reason && one.open > 0 && <ReplayAll reason={one.reason} done={changed} />}
                    </li>
                  ))}
                </ul>
              </section>
            )
          );
        }}
      </Answered>
      <div class={letters.data?.dead_letters.length === 0 && id === '' ? '' : 'split'}>
        <Answered asked={letters}>
          {({ dead_letters }) =>
            dead_letters.length === 0 ? (
              <section class="card state">
                <h2>{reason === null && state === 'open' ? t('noLetters') : t('noSuchLetters')}</h2>
                <p>{reason === null && state === 'open' ? t('noLettersWhat') : t('noSuchLettersHow')}</p>
              </section>
            ) : (
              <section class={id === '' ? 'card' : 'card beside-letter'}>
                <ul class="letters">
                  {dead_letters.map((letter) => (
                    <li>
                      <a
                        href={viewAddress(`/dashboard/dead-letters/${letter.id}`, {
                          state,
                          ...(reason === null ? {} : { reason }),
                        })}
                        aria-current={letter.id === id ? 'true' : undefined}
                      >
                        <span>
                          <code>{letter.reason}</code> <span class="sub">{dateTime(letter.first_seen, zone())}</span>
                        </span>
                        <span class="long">{letter.detail}</span>
                      </a>
                    </li>
                  ))}
                </ul>
              </section>
            )
          }
        </Answered>
        {id !== '' ? (
          <div>
            <a class="btn back" href={withParameters({}, '/dashboard/dead-letters')}>
              <span aria-hidden="true">← </span>
              {t('allLetters')}
            </a>
            <Letter key={id} id={id} changed={changed} />
          </div>
        ) : (
          letters.data?.dead_letters.length !== 0 && <p class="sub hint">{t('chooseLetter')}</p>
        )}
      </div>
    </>
  );
}

/** All open ones of a reason, part by part, until none is left to try. */
function ReplayAll({ reason, done }: { reason: string; done: () => void }) {
  const [said, setSaid] = useState('');
  const run = async () => {
    const sum = { recorded: 0, duplicate: 0, rejected: 0, skipped: 0 };
    try {
      for (let cursor: string | null = null; ;) {
        const tally = await replayAll(reason, cursor);
        for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += tally[name];
        setSaid(t('outcome_many', sum));
        if ((cursor = tally.next_cursor) === null) break;
      }
    } catch (error) {
      setSaid((error as RequestFailed).detail || t('errorNetwork'));
    }
    done();
  };
  return (
    <p class="row">
      <button class="btn" onClick={() => void run()}>
        {t('replayAll')}
      </button>
      <span role="status">{said}</span>
    </p>
  );
}
