import {
  MAX_RANGE_DAYS,
  type Period,
  PERIODS,
  type WindowRequest,
} from '../../metrics/application/requested-window.js';
import {
  ChoiceParameter,
  IntegerParameter,
  TextParameter,
  TimeParameter,
} from '../../platform/http/query-parameters.js';
import { type DeviceClass, DEVICE_CLASS_NAMES } from '../domain/device-class.js';
import { FEWEST_LINES, MOST_LINES, USUAL_LINES } from '../domain/grid.js';

const MOST_EVENTS = 1000;

/** Which window. */
class HeatmapWindow {
  @ChoiceParameter(Object.keys(PERIODS), {
    default: '7d',
    description: 'Length of the window that ends now. Not looked at when both `from` and `to` are given.',
    example: '7d',
  })
  period: Period = '7d';

  @TimeParameter({
    description: `Start of the window, not included: RFC 3339 with offset, or epoch milliseconds. Without \`to\` the window ends now. At most ${MAX_RANGE_DAYS} days.`,
    example: '2025-11-22T00:00:00.000Z',
  })
  from?: string;

  @TimeParameter({
    description:
      'End of the window, included: RFC 3339 with offset, or epoch milliseconds. Without `from` the window is the `period` before it.',
    example: '2025-11-23T00:00:00.000Z',
  })
  to?: string;
}

const GridLines = (what: string) =>
  IntegerParameter({
    min: FEWEST_LINES,
    max: MOST_LINES,
    default: USUAL_LINES,
    description: `${what} of the grids.`,
    example: USUAL_LINES,
  });

const PAGE = {
  max: 2048,
  description: 'The page, compared to the character as it was recorded.',
  example: '/albums/avengers',
};

export class GetHeatmapSummaryRequest extends HeatmapWindow {
  @TextParameter({ ...PAGE, required: true })
  page_url!: string;

  @ChoiceParameter(DEVICE_CLASS_NAMES, {
    description:
      'Only devices of this class, by the width of their viewport: `phone` below 600 pixels, `tablet` below 1024, `desktop` from 1024. Without it all; `devices` of the answer says how many of each.',
    example: 'desktop',
  })
  device?: DeviceClass;

  @TextParameter({
    max: 255,
    description: 'Only clicks and views of this user.',
    example: '550e8400-e29b-41d4-a716-446655440000',
  })
  user_id?: string;

  @GridLines('Rows')
  rows = USUAL_LINES;

  @GridLines('Columns')
  columns = USUAL_LINES;

  @ChoiceParameter(['true', 'false'], {
    default: 'true',
    description:
      '`false`: without `elements`, `sessions` and the fold, which no index holds, so that the rest comes many times faster.',
    example: 'false',
  })
  elements: 'true' | 'false' = 'true';

  @IntegerParameter({
    min: 0,
    max: MOST_EVENTS,
    default: MOST_EVENTS,
    description: 'How many of the newest clicks.',
    example: 100,
  })
  events = MOST_EVENTS;
}

export class GetHeatmapPagesRequest extends HeatmapWindow {
  @IntegerParameter({ min: 1, max: 1000, default: 100, description: 'How many pages.', example: 10 })
  limit = 100;
}

/** By either name; of an older client. */
export class GetOlderSummaryRequest {
  @TextParameter(PAGE)
  page_url?: string;

  @TextParameter(PAGE)
  page?: string;
}

export const windowOf = ({ period, from, to }: HeatmapWindow): WindowRequest => ({
  period,
  from: from ?? null,
  to: to ?? null,
});
