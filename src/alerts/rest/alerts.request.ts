import { ChoiceParameter, IntegerParameter, TextParameter } from '../../platform/http/query-parameters.js';
import { ALERT_STATES, type AlertState } from '../application/answers/alert.answer.js';

export class GetAlertsRequest {
  @ChoiceParameter(ALERT_STATES, { description: 'Only alerts in this state.', example: 'firing' })
  state?: AlertState;

  @IntegerParameter({ min: 1, max: 1000, default: 50, description: 'Alerts per page.', example: 50 })
  limit = 50;

  @TextParameter({
    max: 200,
    description: 'The `next_cursor` of the answer before, with the same filter: the next older page.',
    example: 'MSAxNzYzODA5MjAwMDAwIDAxOWFhYjRjLTNlODAtN2FiYy04ZGVmLTAxMjM0NTY3ODlhYg',
  })
  cursor?: string;
}
