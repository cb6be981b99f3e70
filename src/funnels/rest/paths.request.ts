import { type Period, PERIODS } from '../../metrics/application/requested-window.js';
import { ChoiceParameter, TextParameter } from '../../platform/http/query-parameters.js';

export class GetPathsRequest {
  @TextParameter({
    max: 2048,
    description: 'Where sessions went from this page. Either this or `to`.',
    example: 'https://product.com/item/123',
  })
  from?: string;

  @TextParameter({
    max: 2048,
    description: 'Where sessions came from to this page. Either this or `from`.',
    example: 'https://product.com/item/123',
  })
  to?: string;

  @ChoiceParameter(Object.keys(PERIODS), {
    default: '24h',
    description: 'Length of the window that ends now.',
    example: '24h',
  })
  period: Period = '24h';
}
