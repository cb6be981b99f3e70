import type { Paths } from '../../../../../funnels/application/answers/paths.answer.js';
import { number, t, wholePercent } from '../../language/language.js';
import { Explained } from '../../parts/explained.js';

/** How many were on the page, and whether they were anywhere else. */
export function PathsTiles({ paths: { sessions, excluded, nodes, direction } }: { paths: Paths }) {
  const ended = nodes[0]?.ended ?? 0;
  const others = sessions - ended;
  const share = (part: number) => (sessions === 0 ? '' : t('ofOnPage', { share: wholePercent(part / sessions) }));
  const goes = direction === 'from';
  const tiles = [
    ['sessions', t('onPage'), t('onPageMeaning'), sessions, ''],
    ['others', t(goes ? 'wentOn' : 'cameFrom'), t(goes ? 'means_from' : 'means_to'), others, share(others)],
    ['ended', t(goes ? 'endedHere' : 'beganHere'), t('endedMeaning'), ended, share(ended)],
    ['excluded', t('noSessionEvents'), t('noSessionMeaning'), excluded, ''],
  ] as const;
  return (
    <section class="tiles" aria-label={t('paths')}>
      {tiles.map(([figure, word, meaning, value, under]) => (
        <div class="tile low">
          <div class="k">
            <Explained meaning={meaning}>{word}</Explained>
          </div>
          <div class="v" data-figure={figure}>
            {number(value)}
          </div>
          <span class="c">{under}</span>
        </div>
      ))}
    </section>
  );
}
