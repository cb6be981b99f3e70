import { useState } from 'preact/hooks';
import type { DeadLetterCounts } from '../../../../../dead-letters/application/answers/dead-letter.answer.js';
import { replayAll } from '../../api/client.js';
import type { RequestFailed } from '../../api/problem.js';
import { number, t } from '../../language/language.js';
import { withParameters } from '../../shell/address.js';

interface Of {
  readonly reasons: DeadLetterCounts['reasons'];
  /** Lists the reasons, by which the list of letters is narrowed. */
  readonly chosen: string | null;
  readonly besideLetter: boolean;
  readonly changed: () => void;
}

/** Why letters are there, and what to do about it. */
export function Reasons({ reasons, chosen, besideLetter, changed }: Of) {
  const shown = reasons.filter(({ open, replayed }) => open + replayed > 0);
  if (shown.length === 0) return null;
  return (
    <section class={besideLetter ? 'card beside-letter' : 'card'}>
      <ul class="reasons">
        {shown.map(({ reason, open, meaning, fix }) => (
          <li>
            <a
              href={withParameters({ reason: reason === chosen ? null : reason }, '/dashboard/dead-letters')}
              aria-current={reason === chosen ? 'true' : undefined}
            >
              <code>{reason}</code>
              <span class="n">{number(open)}</span>
            </a>
            <p class="sub">
              {meaning}. {fix}
            </p>
            {reason === chosen && open > 0 && <ReplayAll reason={reason} done={changed} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** All open ones of a reason, part by part, until none is left to try. */
function ReplayAll({ reason, done }: { reason: string; done: () => void }) {
  const [statusText, setStatusText] = useState('');
  const run = async () => {
    const sum = { recorded: 0, duplicate: 0, rejected: 0, skipped: 0 };
    try {
      for (let cursor: string | null = null; ;) {
        const tally = await replayAll(reason, cursor);
        for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += tally[name];
        setStatusText(t('outcome_many', sum));
        if ((cursor = tally.next_cursor) === null) break;
      }
    } catch (error) {
      setStatusText((error as RequestFailed).detail || t('errorNetwork'));
    }
    done();
  };
  return (
    <p class="row">
      <button class="btn" onClick={() => void run()}>
        {t('replayAll')}
      </button>
      <span role="status">{statusText}</span>
    </p>
  );
}
