import { useService } from '../../support/used-service.js';

/** Routes whose bodies are some fields, which are parsed and checked before the route has a say. */
const ROUTES = [
  '/session',
  '/keys',
  '/dead-letters/replay',
  '/regions/merge',
  '/alerts/rules',
  '/live/click',
  '/visualization-tools-ii/kafka/click',
];
const LEVELS = 4_000;
const DEEP = '['.repeat(LEVELS) + ']'.repeat(LEVELS);
const DEEP_OBJECT = '{"a":'.repeat(LEVELS) + '1' + '}'.repeat(LEVELS);

describe('a body of some fields', () => {
  const service = useService();

  const post = async (path: string, body: string | Uint8Array<ArrayBuffer>) => {
    const response = await fetch(service.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it.each(ROUTES)('of 4,000 levels is 400: %s', async (path) => {
    for (const body of [DEEP, DEEP_OBJECT, `{"type":"cheers","key":${DEEP},"user_id":${DEEP_OBJECT}}`])
      expect((await post(path, body)).status).toBe(400);
  });

  it.each(ROUTES)('of more than 10,000 values, or 256 kB, is 413: %s', async (path) => {
    const numbers = `[${'1,'.repeat(10_000)}1]`;
    const fields = `{${Array.from({ length: 10_002 }, (_, n) => `"f${n}":1`).join()}}`;
    const text = JSON.stringify({ type: 'cheers', key: 'x'.repeat(256_000) });
    for (const body of [numbers, `{"key":${numbers}}`, fields, text]) expect((await post(path, body)).status).toBe(413);
  });

  it('is checked up to there', async () => {
    const fields = `{"type":"cheer",${Array.from({ length: 9_990 }, (_, n) => `"f${n}":1`).join()}}`;
    expect((await post('/live/click', fields)).body).toMatchObject({ errors: [{ field: 'type' }] });
    expect((await post('/session', `{"key":${'['.repeat(31)}${']'.repeat(31)}}`)).body).toMatchObject({
      errors: [{ field: 'key' }],
    });
  });

  it.each([
    ['of 4,000 levels', `{"page":"/a","x":0.5,"y":0.5,"n":${DEEP}}`],
    ['with a page of 4,000 levels', `{"page":${DEEP},"x":0.5,"y":0.5}`],
    ['with a number that no double holds', '{"page":"/a","x":0.5,"y":0.5,"n":1e400}'],
    ['that is no UTF-8', Buffer.from('{"page":"/a\xff","x":0.5,"y":0.5}', 'latin1')],
    ['that is no JSON', '{"page":'],
  ])('the older click %s is 400 in its own shape, and not recorded', async (_, body) => {
    const answer = await post('/api/heatmap/click.php', body);
    expect(answer).toEqual({ status: 400, body: { status: 'error', message: expect.any(String) as string } });
    expect((await service.sql.query('select from events')).rowCount).toBe(0);
  });

  it('of events has any number of members, but a large one not more than 20,000 different names', async () => {
    const named = (count: number, name: (n: number) => string) =>
      Array.from({ length: count }, (_, n) => `"${name(n)}":${n % 10}`).join();
    const event = (more: string) => `{"event_type":"click","page_url":"/a","x":0.5,"y":0.5,${more}}`;
    const batch = (events: readonly string[]) => `{"events":[${events.join()}]}`;
    const alike = batch(Array<string>(300).fill(event(named(100, (n) => `field ${n} of many`))));
    expect((await post('/events', alike)).status).toBe(200);
    for (const body of [
      `{${named(20_001, (n) => `field ${n} of many names`)}}`,
      batch([event(named(20_001, (n) => `field ${n} of many names`))]),
      batch(Array.from({ length: 210 }, (_, at) => event(named(100, (n) => `field ${at * 100 + n} of many`)))),
    ])
      for (const path of ['/events', '/api/heatmap/click', '/track'])
        expect([path, (await post(path, body)).status]).toEqual([path, 413]);
  });
});
