import { WindowParameters } from '../../metrics/application/window-parameters.js';
import { ChoiceParameter, IntegerParameter, TextParameter } from '../../platform/http/query-parameters.js';
import { type DeviceClass, DEVICE_CLASS_NAMES } from '../domain/device-class.js';
import { FEWEST_LINES, MOST_LINES, USUAL_LINES } from '../domain/grid.js';

const MOST_EVENTS = 1000;

const HeatmapWindow = WindowParameters('7d');

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

/** An older client may use either name. */
export class GetOlderSummaryRequest {
  @TextParameter(PAGE)
  page_url?: string;

  @TextParameter(PAGE)
  page?: string;
}
