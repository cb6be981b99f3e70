import { IntegerParameter, TextParameter } from '../../platform/http/query-parameters.js';

export class GetSummaryRequest {
  @TextParameter({
    max: 255,
    description: 'Only what is of this user; without it, of everybody. The global dashboard is always of everybody.',
    example: '1',
  })
  user_id?: string;
}

export class GetConsolidatedRequest extends GetSummaryRequest {
  @IntegerParameter({
    min: 1,
    max: 1000,
    description: 'How many of each list; without it all. Totals are over all in any case.',
    example: 50,
  })
  limit?: number;

  @TextParameter({
    max: 200,
    description:
      'The `next_cursor` of the answer before, with the same `limit` and `user_id`: what follows in each list.',
    example: 'MSAxMA',
  })
  cursor?: string;
}
