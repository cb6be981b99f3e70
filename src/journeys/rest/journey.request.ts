import { IntegerParameter, TextParameter, TimeParameter } from '../../platform/http/query-parameters.js';

export const JOURNEY_EVENTS_PER_PAGE = 200;

export class GetJourneyRequest {
  @TimeParameter({
    description:
      'Only events later than this: RFC 3339 with offset, or epoch milliseconds. Without it all that is kept.',
    example: '2025-11-22T00:00:00.000Z',
  })
  from?: string;

  @TimeParameter({
    description: 'Only events up to and including this: RFC 3339 with offset, or epoch milliseconds.',
    example: '2025-11-23T00:00:00.000Z',
  })
  to?: string;

  @IntegerParameter({
    min: 1,
    max: 1000,
    default: JOURNEY_EVENTS_PER_PAGE,
    description: 'Most events of a page, of all its sessions together.',
    example: 200,
  })
  limit = JOURNEY_EVENTS_PER_PAGE;

  @TextParameter({
    max: 512,
    description: '`next_cursor` of the page before.',
    example:
      'MSAxNzYzODI0NjY5MDAwIDAxOWFhYzM2LTlkNDgtN2FiYy04ZGVmLTAxMjM0NTY3ODlhYiBzYWxlIDE3NjM4MjQ2NjkwMDAgMDE5YWFjMzYtOWQ0OC03YWJjLThkZWYtMDEyMzQ1Njc4OWFiIHNhbGU',
  })
  cursor?: string;
}
