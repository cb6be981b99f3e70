import type { HeatmapSummary } from '../../../../../heatmap/application/answers/summary.answer.js';
import { dateTime, number, oneDecimal, t, type Word, wholePercent } from '../../language/language.js';
import { Explained } from '../../parts/explained.js';
import { zone } from '../../shell/window.js';
import { medianReach } from './reading/median-reach.js';

interface Figure {
  readonly word: Word;
  readonly meaning: Word;
  /** Null: that is not known. */
  readonly text: string | null;
}

/** All clicks of a page: of both layers, and those that do not say where. */
export const allClicks = ({ total_clicks, fixed, clicks_without_position }: HeatmapSummary): number =>
  total_clicks + fixed.total_clicks + clicks_without_position;

function figuresOf(summary: HeatmapSummary, details: HeatmapSummary | null): readonly Figure[] {
  const { views, reach, events } = summary;
  const { sessions = null, clicks_above_fold: above, clicks_with_fold: telling } = details ?? {};
  const clicks = allClicks(summary);
  const median = medianReach(reach);
  const [last] = events;
  return [
    { word: 'clicks', meaning: 'clicksOfPageMeaning', text: number(clicks) },
    { word: 'pageViews', meaning: 'pageViewsMeaning', text: number(views) },
    { word: 'sessions', meaning: 'sessionsMeaning', text: sessions === null ? null : number(sessions) },
    { word: 'clicksAView', meaning: 'clicksAViewMeaning', text: views === 0 ? null : oneDecimal(clicks / views) },
    { word: 'medianReach', meaning: 'medianReachMeaning', text: median === null ? null : wholePercent(median) },
    { word: 'aboveFold', meaning: 'aboveFoldMeaning', text: telling ? wholePercent((above ?? 0) / telling) : null },
    {
      word: 'lastClick',
      meaning: 'lastClickMeaning',
      text: last === undefined ? null : dateTime(last.occurred_at, zone()),
    },
  ];
}

/** Shows the figures of a page. @param details figures that come later */
export function Figures({ summary, details }: { summary: HeatmapSummary; details: HeatmapSummary | null }) {
  return (
    <dl class="card kpis">
      {figuresOf(summary, details).map(({ word, meaning, text }) => (
        <div>
          <dt>
            <Explained meaning={t(meaning)}>{t(word)}</Explained>
          </dt>
          <dd class={word === 'lastClick' ? 'small' : ''} data-figure={word}>
            {text ?? '–'}
          </dd>
        </div>
      ))}
    </dl>
  );
}
