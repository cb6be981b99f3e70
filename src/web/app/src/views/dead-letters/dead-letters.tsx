import { useState } from 'preact/hooks';
import type { DeadLetterPage } from '../../../../../dead-letters/application/answers/dead-letter.answer.js';
import { get } from '../../api/client.js';
import { type Asked, useAnswer } from '../../api/use-answer.js';
import { dateTime, t } from '../../language/language.js';
import { Answered, Failed } from '../../parts/states.js';
import { go, parameter, viewAddress, withParameters } from '../../shell/address.js';
import { Head } from '../../shell/shell.js';
import { zone } from '../../shell/window.js';
import { Letter } from './letter.js';
import { Reasons } from './reasons.js';

const EVERY_MS = 10_000;
const STATES = [
  ['open', 'open'],
  ['replayed', 'replayed'],
  ['all', 'allStates'],
] as const;

/** Shows messages that could not be recorded: here a person looks at them, mends them and replays them. */
export function DeadLetters({ rest: id }: { rest: string }) {
  const reason = parameter('reason');
  const state = parameter('state') ?? 'open';
  const [turn, setTurn] = useState(0);
  const counts = useAnswer(`counts ${turn}`, (signal) => get('/dead-letters/counts', {}, signal), EVERY_MS);
  const wanted = { reason, state: state === 'all' ? null : state, limit: 100 };
  const letters = useAnswer(JSON.stringify([wanted, turn]), (signal) => get('/dead-letters', wanted, signal), EVERY_MS);
  const changed = () => setTurn((before) => before + 1);
  const unread = letters.data === null && letters.error !== null;
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
      {unread ? (
        <Failed error={letters.error} again={letters.again} />
      ) : (
        <>
          <Answered asked={counts}>
            {({ reasons }) => <Reasons reasons={reasons} chosen={reason} besideLetter={id !== ''} changed={changed} />}
          </Answered>
          <Letters asked={letters} id={id} changed={changed} />
        </>
      )}
    </>
  );
}

/** The list, and the one that is looked at beside it. */
function Letters({ asked, id, changed }: { asked: Asked<DeadLetterPage>; id: string; changed: () => void }) {
  const [reason, state] = [parameter('reason'), parameter('state') ?? 'open'];
  const none = asked.data?.dead_letters.length === 0;
  const whole = reason === null && state === 'open';
  return (
    <div class={none && id === '' ? '' : 'split'}>
      <Answered asked={asked}>
        {({ dead_letters }) =>
          dead_letters.length === 0 ? (
            <section class="card state">
              <h2>{whole ? t('noLetters') : t('noSuchLetters')}</h2>
              <p>{whole ? t('noLettersWhat') : t('noSuchLettersHow')}</p>
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
        !none && <p class="sub hint">{t('chooseLetter')}</p>
      )}
    </div>
  );
}
