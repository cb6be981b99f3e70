import { useEffect, useRef, useState } from 'preact/hooks';
import type { DeadLetterDetails } from '../../../../../dead-letters/application/answers/dead-letter.answer.js';
import { getLetter, replay } from '../../api/client.js';
import type { RequestFailed } from '../../api/problem.js';
import { useAnswer } from '../../api/use-answer.js';
import { dateTime, number, t } from '../../language/language.js';
import { Answered } from '../../parts/states.js';
import { viewAddress } from '../../shell/address.js';
import { zone } from '../../shell/window.js';
import { draftOf, Payload } from './payload.js';

/** Shows one letter: where it came from, its bytes, what is wrong with them, and a way to mend it. */
export function Letter({ id, changed }: { id: string; changed: () => void }) {
  const asked = useAnswer(id, (signal) => getLetter(id, signal));
  const heading = useRef<HTMLHeadingElement>(null);
  const there = asked.data !== null;
  // A person who chose it by the keyboard need not walk through the rest of the list.
  useEffect(() => {
    if (there) heading.current?.focus();
  }, [there]);
  return (
    <Answered asked={asked}>
      {(letter) => (
        <section class="card letter">
          <h2 ref={heading} tabIndex={-1}>
            <code>{letter.reason}</code>
          </h2>
          <p>{letter.detail}</p>
          <dl class="pairs">
            {[
              [t('topic'), letter.topic],
              [t('message'), letter.message_id],
              [
                t('published'),
                letter.published_at === null ? letter.published_at_text : dateTime(letter.published_at, zone()),
              ],
              [t('firstSeenAt'), dateTime(letter.first_seen, zone())],
              [t('attempts'), number(letter.attempts)],
              [t('state'), letter.state],
            ].map(([word, value]) => (
              <div>
                <dt>{word}</dt>
                <dd>{value}</dd>
              </div>
            ))}
            {letter.event_id !== null && (
              <div>
                <dt>{t('becameEvent')}</dt>
                <dd>
                  <a href={viewAddress('/dashboard/events')}>{letter.event_id}</a>
                </dd>
              </div>
            )}
          </dl>
          <Payload letter={letter} />
          {letter.state === 'open' && (
            <Correction
              letter={letter}
              done={() => {
                asked.again();
                changed();
              }}
            />
          )}
        </section>
      )}
    </Answered>
  );
}

function Correction({ letter, done }: { letter: DeadLetterDetails; done: () => void }) {
  const [draft, setDraft] = useState(() => draftOf(letter));
  const [statusText, setStatusText] = useState('');
  const [well, setWell] = useState(true);
  // Another letter's outcome is not this one's.
  useEffect(() => setStatusText(''), [letter.id]);
  const problem = problemOf(draft);
  const send = async (body: string | null) => {
    try {
      const { status, event_id, detail } = await replay(letter.id, body);
      setWell(status !== 'rejected');
      setStatusText(t(`outcome_${status}`, { id: event_id ?? '', detail: detail ?? '' }));
      done();
    } catch (error) {
      setWell(false);
      setStatusText((error as RequestFailed).detail || t('errorNetwork'));
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send(draft);
      }}
    >
      <label>
        {t('corrected')}
        <textarea
          rows={Math.min(16, draft.split('\n').length + 1)}
          spellcheck={false}
          value={draft}
          aria-describedby="correction-hint"
          aria-invalid={problem !== null}
          onInput={(event) => setDraft(event.currentTarget.value)}
        />
      </label>
      <p class="sub" id="correction-hint">
        {problem === null ? t('correctedHint') : <b class="warn">{t('notJson', { reason: problem })}</b>}
      </p>
      <div class="row">
        <button class="btn primary" disabled={problem !== null}>
          {t('replayCorrected')}
        </button>
        <button type="button" class="btn" onClick={() => void send(null)}>
          {t('replayAsIs')}
        </button>
        <span role="status" class={well ? 'good' : 'warn'} data-outcome>
          {statusText}
        </span>
      </div>
    </form>
  );
}

function problemOf(draft: string): string | null {
  try {
    JSON.parse(draft);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
