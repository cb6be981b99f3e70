import { type Compare, COMPARES } from '../../metrics/application/compared-range.js';
import { WindowParameters } from '../../metrics/application/window-parameters.js';
import { ChoiceParameter, TextParameter } from '../../platform/http/query-parameters.js';
import { type Subject, SUBJECTS } from '../application/funnel-reader.port.js';

export class GetFunnelRequest extends WindowParameters('24h', 'the window of the first step') {
  @TextParameter({
    max: 13_000,
    description:
      'Two to six, separated by commas: `click`, `conversion`, `sale`, `conversion:<type>`, `click@<page_url>`, `view@<page_url>`. A comma and a `%` inside a step are percent-encoded (before the whole query is). Clicks are without votes, views and scrolls. Without it `click,conversion,sale`.',
    example: 'click,conversion:signup,sale',
  })
  steps = 'click,conversion,sale';

  @TextParameter({
    max: 8,
    description: 'Longest time from the first step to the last, inclusive: minutes, hours or days, at most 90 days.',
    example: '7d',
  })
  within = '7d';

  @ChoiceParameter(SUBJECTS, { default: 'user', description: 'Whose steps make a chain.', example: 'user' })
  by: Subject = 'user';

  @TextParameter({
    max: 2048,
    description: 'Only first steps on this page, compared to the character.',
    example: 'https://product.com/item/123',
  })
  page_url?: string;

  @ChoiceParameter(COMPARES, {
    description:
      'Also the window of the same length just before, or of the same clock times a day, a week, a year before in `tz`.',
    example: 'week',
  })
  compare?: Compare;

  @TextParameter({
    max: 64,
    description: 'Time zone of the comparison: a name of the IANA database.',
    example: 'Europe/Madrid',
  })
  tz = 'UTC';
}
