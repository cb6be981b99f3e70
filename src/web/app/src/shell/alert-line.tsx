import type { Alert } from '../../../../alerts/application/answers/alert.answer.js';
import { number, span, t } from '../language/language.js';
import { conditionText, figureText, watchedText } from '../parts/alerts/words.js';
import { viewAddress } from './address.js';

/** Shows above every view the newest alert that fires, and how many more do. @param firing newest first */
export function AlertLine({ firing }: { firing: readonly Alert[] }) {
  const [newest, ...more] = firing;
  if (newest === undefined) return null;
  const { rule, value, fired_at, started_at } = newest;
  return (
    <section class="alert-line" aria-label={t('alerts')}>
      <b class="long" role="status">
        {rule.name}
      </b>
      <span>
        {t('alertLine', {
          time: span(Math.max(0, Date.now() - Date.parse(fired_at ?? started_at))),
          what: watchedText(rule),
          value: figureText(rule, value),
          condition: conditionText(rule),
        })}
      </span>
      <span class="links">
        <a href={viewAddress(`/dashboard/alerts/${rule.id}`)}>{t('lookAtRule')}</a>
        {more.length > 0 && (
          <a href={viewAddress('/dashboard/alerts')}>{t('moreFiring', { n: number(more.length) })}</a>
        )}
      </span>
    </section>
  );
}
