import { number, oneDecimal, t } from '../../../language/language.js';
import { isRelative, type Watched } from '../../../parts/alerts/kinds.js';
import { conditionText, figureText, watchedText } from '../../../parts/alerts/words.js';
import type { RuleBody } from './draft.js';
import { useFigureNow } from './figure-now.js';

/** Says in sentences what a rule does, and by which figure it would be judged now. */
export function Says({ body }: { body: RuleBody }) {
  const now = useFigureNow(body);
  const { metric, currency, for_minutes, resolve_after_minutes, min_clicks, webhook_url } = body;
  const rule = body as unknown as Watched;
  const what = inSentence(watchedText(rule));
  const condition = conditionText(rule);
  const minutes = Number(for_minutes ?? 0);
  const relative = isRelative(body.condition);
  return (
    <div class="says">
      <p>
        {minutes === 0
          ? t('saysFiresAtOnce', { what, condition })
          : t('saysFires', { what, condition, n: number(minutes) })}{' '}
        {t('saysOver', { n: number(Number(resolve_after_minutes ?? 5)) })}{' '}
        {metric === 'conversion_rate' && t('saysMinClicks', { n: number(Number(min_clicks ?? 0)) })} {t('saysTurn')}
      </p>
      <p>{hostOf(webhook_url) === null ? t('saysNobody') : t('saysTold', { host: hostOf(webhook_url)! })}</p>
      {now !== null && (
        <p>
          <b>
            {t('nowIs', {
              value: relative
                ? `${now.change === null ? t('noWeekBefore') : t('changeNow', { value: oneDecimal(now.change) })} (${figureText({ metric, currency }, now.value)})`
                : figureText({ metric, currency }, now.value),
            })}
          </b>
        </p>
      )}
    </div>
  );
}

const inSentence = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const hostOf = (address: string | null): string | null =>
  address !== null && URL.canParse(address) ? new URL(address).host : null;
