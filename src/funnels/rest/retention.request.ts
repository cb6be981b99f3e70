import { ChoiceParameter, TextParameter, TimeParameter } from '../../platform/http/query-parameters.js';
import { RETENTION_INTERVALS, type RetentionInterval } from '../application/retention-reader.port.js';

export class GetRetentionRequest {
  @ChoiceParameter(RETENTION_INTERVALS, {
    default: 'day',
    description: 'Length of an interval: days and weeks (from Monday) of the zone’s clocks. At most 100 in a window.',
    example: 'week',
  })
  interval: RetentionInterval = 'day';

  @TextParameter({
    max: 64,
    description: 'Time zone of the intervals: a name of the IANA database.',
    example: 'Europe/Madrid',
  })
  tz = 'UTC';

  @TimeParameter({
    description:
      'In the first interval: RFC 3339 with offset, or epoch milliseconds. Without it 30 days or 12 weeks, the last one included.',
    example: '2025-11-01T00:00:00.000Z',
  })
  from?: string;

  @TimeParameter({
    description: 'In the last interval: RFC 3339 with offset, or epoch milliseconds. Without it now.',
    example: '2025-11-23T00:00:00.000Z',
  })
  to?: string;
}
