import { IntegerParameter, TextParameter } from '../../platform/http/query-parameters.js';

const MOST_ERASURES = 5_000;

export class GetErasuresRequest {
  @TextParameter({
    max: 64,
    description: 'The `next_cursor` of the page before.',
    example: '5b41362bc82b7f3d56edc5a306db22105707d01ff4819e26faef9724a2d406c9',
  })
  readonly cursor?: string;

  @IntegerParameter({ min: 1, max: MOST_ERASURES, default: 1_000, description: 'Erasures of a page.', example: 1_000 })
  readonly limit: number = 1_000;
}
