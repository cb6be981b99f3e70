import { useRef, useState } from 'preact/hooks';
import type { AlertRuleView } from '../../../../../alerts/application/answers/alert-rule.answer.js';
import { changeRule, deleteRule, getRule, renewSecret, testRule } from '../../api/alerts.js';
import type { RequestFailed } from '../../api/problem.js';
import { t, type Word } from '../../language/language.js';
import { isMuted } from '../../parts/alerts/kinds.js';
import { go, viewAddress } from '../../shell/address.js';
import { changedRule, type Kept } from './form/draft.js';
import { shownSecret } from './secret.js';

const HOUR_MS = 3_600_000;
const MUTES: readonly (readonly [Word, number])[] = [
  ['muteHour', 1],
  ['muteEight', 8],
  ['muteDay', 24],
  ['muteWeek', 7 * 24],
];

/** Offers what an admin may do with a rule. For a rule of a file these are actions that do not change it. */
export function Actions({ rule, changed }: { rule: AlertRuleView; changed: () => void }) {
  const [statusText, setStatusText] = useState<{ text: string; well: boolean }>({ text: '', well: true });
  const asking = useRef<HTMLDialogElement>(null);
  const muting = useRef<HTMLDetailsElement>(null);
  const ours = rule.source === 'api';
  /** @param act says what came of it */
  const run = async (act: () => Promise<string | { text: string; well: boolean }>) => {
    try {
      const text = await act();
      setStatusText(typeof text === 'string' ? { text, well: true } : text);
      changed();
    } catch (error) {
      setStatusText({ text: (error as RequestFailed).detail || t('errorNetwork'), well: false });
    }
  };
  const change = (changes: Partial<Kept>) => {
    muting.current?.removeAttribute('open');
    return run(async () => {
      // The rule is replaced as a whole: what this page knows of it may be older than what was saved last.
      await changeRule(rule.id, changedRule(await getRule(rule.id), changes));
      return t('saved');
    });
  };
  const muteFor = (hours: number) => change({ muted_until: new Date(Date.now() + hours * HOUR_MS).toISOString() });
  const test = async () => {
    const { delivered, detail } = await testRule(rule.id);
    const text = delivered ? t('testDelivered') : t('testFailed', { reason: detail ?? '' });
    return { text, well: delivered };
  };
  const renew = async () => {
    shownSecret.value = { rule: rule.id, secret: (await renewSecret(rule.id)).secret };
    return '';
  };
  const remove = async () => {
    await deleteRule(rule.id);
    go(viewAddress('/dashboard/alerts'), true);
    return '';
  };
  return (
    <div class="row actions">
      {rule.webhook_host !== null && <Act act={() => run(test)}>{t('testNotice')}</Act>}
      {ours &&
        (isMuted(rule, Date.now()) ? (
          <Act act={() => change({ muted_until: null })}>{t('unmute')}</Act>
        ) : (
          <details
            ref={muting}
            class="menu"
            onKeyDown={({ key }) => key === 'Escape' && muting.current?.removeAttribute('open')}
          >
            <summary class="btn">{t('mute')}</summary>
            <div class="sheet">
              {MUTES.map(([word, hours]) => (
                <button class="plain item" onClick={() => void muteFor(hours)}>
                  {t('muteFor', { time: t(word) })}
                </button>
              ))}
            </div>
          </details>
        ))}
      {ours && <Act act={() => change({ enabled: !rule.enabled })}>{t(rule.enabled ? 'disable' : 'enable')}</Act>}
      {rule.webhook_host !== null && <Act act={() => run(renew)}>{t('newSecret')}</Act>}
      {ours && <Act act={() => asking.current?.showModal()}>{t('delete')}</Act>}
      <span role="status" class={statusText.well ? 'good' : 'warn'} data-done>
        {statusText.text}
      </span>
      <dialog ref={asking} aria-labelledby="delete-title">
        <form method="dialog" onSubmit={() => void run(remove)}>
          <h2 id="delete-title" class="long">
            {t('deleteAsk', { name: rule.name })}
          </h2>
          <p>{t('deleteWhat')}</p>
          <div class="row end">
            <button type="button" class="btn" onClick={() => asking.current?.close()}>
              {t('cancel')}
            </button>
            <button class="btn primary">{t('delete')}</button>
          </div>
        </form>
      </dialog>
    </div>
  );
}

function Act({ act, children }: { act: () => unknown; children: string }) {
  return (
    <button class="btn" onClick={() => void act()}>
      {children}
    </button>
  );
}
