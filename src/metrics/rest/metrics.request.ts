import { ChoiceParameter } from '../../platform/http/query-parameters.js';
import { type Period, PERIODS } from '../application/get-metrics.query.js';

export class GetMetricsRequest {
  @ChoiceParameter(Object.keys(PERIODS), {
    default: '24h',
    description: 'Length of the window, which ends now and slides to the millisecond.',
    example: '24h',
  })
  period: Period = '24h';
}
