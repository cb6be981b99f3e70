import type { EventView } from '../../../../../events/application/answers/event.answer.js';
import type { HeatmapSummary } from '../../../../../heatmap/application/answers/summary.answer.js';
import { get } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { dateTime, number, t } from '../../language/language.js';
import { Answered } from '../../parts/states.js';
import { Table } from '../../parts/table.js';
import { go, viewAddress, withParameters } from '../../shell/address.js';
import { zone } from '../../shell/window.js';
import { type Cell, cellOf, SHOWN } from './map/cells.js';
import { placeOf } from './map/layers.js';
import type { ShownPage } from './map/projection.js';
import { DEVICE_WIDTHS, type Layer } from './reading/filters.js';

/** The API answers at most so many at once. */
const NEWEST = 1000;
const MOST_ROWS = 50;

interface Of {
  readonly cell: Cell;
  /** The clicks in the cell. */
  readonly clicks: number;
  readonly layer: Layer;
  readonly summary: HeatmapSummary;
  readonly shown: ShownPage | null;
}

/** The clicks of one cell, one by one. */
export function CellEvents({ cell, clicks, layer, summary, shown }: Of) {
  const { page_url, user_id, device, window } = summary;
  const ofPage = {
    page_url,
    event_type: 'click',
    from: window.from,
    to: window.to,
    ...(user_id !== null && { user_id }),
  };
  // The window moves on by itself; what it shows of a cell changes with its clicks.
  const question = JSON.stringify([page_url, user_id, device, summary.total_clicks, summary.fixed.total_clicks]);
  const asked = useAnswer(question, (signal) =>
    get('/events', { ...ofPage, interaction: 'none', limit: NEWEST }, signal),
  );
  const isIn = (event: EventView): boolean => {
    const place = placeIn(event, layer, shown);
    if (place === null || !isOf(event, device)) return false;
    const { row, column } = cellOf(place, SHOWN, SHOWN);
    return row === cell.row && column === cell.column;
  };
  return (
    <section class="cell-events" aria-label={t('cellTitle', { row: cell.row + 1, column: cell.column + 1 })}>
      <div class="row">
        <h2>{t('cellTitle', { row: cell.row + 1, column: cell.column + 1 })}</h2>
        <span class="row">
          <a href={viewAddress('/dashboard/events', ofPage)}>{t('allEventsOfPage')}</a>
          <button class="btn" onClick={() => go(withParameters({ cell: null }))}>
            {t('close')}
          </button>
        </span>
      </div>
      <Answered asked={asked}>
        {({ events }) => {
          const here = events.filter(isIn);
          return (
            <>
              <p class="sub">
                {t('cellEvents', { clicks: number(clicks), n: number(events.length), here: number(here.length) })}
              </p>
              <Table
                label={t('events')}
                empty={t('noClicks')}
                columns={[
                  { title: t('time') },
                  { title: t('element') },
                  { title: t('userId') },
                  { title: t('width'), numeric: true },
                ]}
                rows={here.slice(0, MOST_ROWS).map((event) => [
                  dateTime(event.occurred_at, zone()),
                  <span class="long">{event.target?.selector ?? '–'}</span>,
                  event.user_id === null ? (
                    '–'
                  ) : (
                    <a class="long" href={viewAddress(`/dashboard/users/${encodeURIComponent(event.user_id)}`)}>
                      {event.user_id}
                    </a>
                  ),
                  event.viewport_width === null ? '–' : `${number(event.viewport_width)} px`,
                ])}
              />
            </>
          );
        }}
      </Answered>
    </section>
  );
}

function placeIn(event: EventView, layer: Layer, shown: ShownPage | null) {
  const { x, y, target, reaction } = event;
  const isFixed = target?.fixed === true;
  if (x === null || y === null || reaction !== null || isFixed !== (layer === 'fixed')) return null;
  const hit = target && { selector: target.selector ?? null, x: target.x ?? null, y: target.y ?? null };
  return placeOf({ ...event, x, y, target: hit }, layer, shown);
}

function isOf({ viewport_width: width }: EventView, device: HeatmapSummary['device']): boolean {
  if (device === null) return true;
  const { from, to } = DEVICE_WIDTHS[device];
  return width !== null && width >= from && width < to;
}
