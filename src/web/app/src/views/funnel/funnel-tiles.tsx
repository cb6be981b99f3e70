import type { Funnel } from '../../../../../funnels/application/answers/funnel.answer.js';
import { number, percent, t, wholePercent } from '../../language/language.js';
import { Change } from '../../parts/change.js';
import { Explained } from '../../parts/explained.js';
import { withinText } from './steps.js';

/** How many began, how many did all, and how that was before. */
export function FunnelTiles({ funnel, old }: { funnel: Funnel; old: boolean }) {
  const { steps, comparison, maturing, within } = funnel;
  const ends = (of: Pick<Funnel, 'steps'>) => [of.steps[0]?.count ?? 0, of.steps.at(-1)?.count ?? 0] as const;
  const [began, finished] = ends({ steps });
  const [beganBefore, finishedBefore] = comparison === undefined ? [null, null] : ends(comparison);
  const rate = steps.at(-1)?.rate_from_first ?? 0;
  const rateBefore = comparison?.steps.at(-1)?.rate_from_first ?? 0;
  return (
    <section class={`tiles ${old ? 'old' : ''}`} aria-label={t('funnel')} aria-busy={old}>
      <div class="tile low">
        <div class="k">
          <Explained meaning={t('means_start')}>{t('began')}</Explained>
        </div>
        <div class="v" data-figure="began">
          {number(began)}
        </div>
        <CountChange now={began} before={beganBefore} />
      </div>
      <div class="tile low">
        <div class="k">
          <Explained meaning={t('means_next')}>{t('finished')}</Explained>
        </div>
        <div class="v" data-figure="finished">
          {number(finished)}
        </div>
        <CountChange now={finished} before={finishedBefore} />
      </div>
      <div class="tile low">
        <div class="k">
          <Explained meaning={t('means_rate_from_first')}>{t('funnelRate')}</Explained>
        </div>
        <div class="v" data-figure="rate">
          {percent(rate)}
        </div>
        {beganBefore === null ? (
          <span class="c" />
        ) : (
          <Change absolute={rate - rateBefore} percent={null} rateBefore={beganBefore === 0 ? null : rateBefore} />
        )}
      </div>
      <div class="tile low">
        <div class="k">
          <Explained meaning={t('maturingMeaning', { time: withinText(within) })}>{t('maturing')}</Explained>
        </div>
        <div class="v" data-figure="maturing">
          {number(maturing)}
        </div>
        <span class="c">{began > 0 && t('ofOnPage', { share: wholePercent(maturing / began) })}</span>
      </div>
    </section>
  );
}

function CountChange({ now, before }: { now: number; before: number | null }) {
  if (before === null) return <span class="c" />;
  return <Change absolute={now - before} percent={before === 0 ? null : ((now - before) / before) * 100} />;
}
