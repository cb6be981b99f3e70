import { useService } from '../support/used-service.js';

describe('the parameters of GET /events', () => {
  const service = useService();

  it('names the bad field and what it should be', async () => {
    const refused = async (query: string) => {
      const response = await fetch(`${service.url}/events?${query}`);
      const { code, errors } = (await response.json()) as {
        code: string;
        errors: { field: string; message: string }[];
      };
      return [response.status, code, ...errors.map(({ field, message }) => `${field} ${message}`)];
    };
    const range = (field: string) =>
      `${field} must be RFC 3339 with an offset, such as 2026-03-01T10:00:00.000Z, or epoch milliseconds`;
    const text = (field: string, max: number) =>
      `${field} must be given once, with 1 to ${max} characters and none of them U+0000`;
    for (const limit of ['0', '1001', 'ten', '1.5', '', '1e2', '0x10']) {
      expect(await refused(`limit=${limit}`)).toEqual([
        400,
        'invalid_request',
        'limit must be a whole number from 1 to 1000',
      ]);
    }
    expect(await refused('event_type=purchase&user_id=')).toEqual([
      400,
      'invalid_request',
      'event_type must be one of click, conversion, sale',
      text('user_id', 255),
    ]);
    expect(await refused('user_id=a&user_id=b')).toEqual([400, 'invalid_request', text('user_id', 255)]);
    expect(await refused('session_id=%00')).toEqual([400, 'invalid_request', text('session_id', 255)]);
    expect(await refused(`page_url=${'x'.repeat(2049)}`)).toEqual([400, 'invalid_request', text('page_url', 2048)]);
    expect(await refused('from=yesterday&to=2026-02-30T00:00:00Z')).toEqual([
      400,
      'invalid_time_range',
      range('from'),
      range('to'),
    ]);
    expect(await refused('from=1763800000002&to=1763800000001')).toEqual([
      400,
      'invalid_time_range',
      'from must not be later than to',
    ]);
    expect(await refused('cursor=bm90IG91cnM')).toEqual([
      400,
      'invalid_cursor',
      'cursor must be the next_cursor of an earlier answer, unchanged',
    ]);
  });
});
