import type { CreatedKey } from '../../src/access/application/answers/key.answer.js';
import { describeWithBrowser } from '../support/browser.js';
import { PATIENCE_MS, TrackedSite } from './tracked-site.js';

const TOKEN = 'the-token-of-the-configuration';

describeWithBrowser('the tracker, where what pages send needs a key', () => {
  let tracked: TrackedSite;
  let key: string;

  beforeAll(async () => {
    tracked = await TrackedSite.start({ PUBLIC_WRITES: 'key', API_TOKEN: TOKEN });
    const answer = await fetch(`${tracked.service.url}/keys`, {
      method: 'POST',
      headers: { 'x-api-token': TOKEN, 'content-type': 'application/json' },
      body: JSON.stringify({ role: 'ingest-public', name: 'a page' }),
    });
    key = ((await answer.json()) as CreatedKey).key;
  }, PATIENCE_MS);
  afterEach(() => tracked.leaveAll());
  afterAll(() => tracked.close());

  const tagWith = (dataKey: string) =>
    (tracked.site.tag = `data-primary="${tracked.primary.url}" data-secondary="${tracked.service.url}" data-key="${dataKey}"`);

  it('the key of its tag lets in what it sends, and what a beacon sends as the page goes', async () => {
    tagWith(key);
    const page = await tracked.open('/keyed');
    await page.mouse.click(200, 500);
    await tracked.arrived('/keyed', 1);
    await page.evaluate('scrollTo(0, 900)');
    await page.goto('about:blank');
    await tracked.arrived('/keyed', 1, `interaction = 'scroll'`);
    expect(await tracked.views('/keyed')).toHaveLength(1);
    expect(await tracked.clicks('/keyed')).toHaveLength(1);
  });

  it('a key that nobody knows is refused, and is tried nowhere else', async () => {
    tagWith('mon_nobody');
    const before = tracked.primary.posts.length;
    const page = await tracked.open('/unknown');
    const refused = page.waitForResponse(
      (answer) => answer.url().startsWith(tracked.primary.url) && answer.status() === 401,
    );
    await page.mouse.click(200, 500);
    await refused;
    await page.goto('about:blank');
    // What another page sends comes after anything that this one could have sent.
    tagWith(key);
    await tracked.open('/known');
    await tracked.arrived('/known', 1, `interaction = 'view'`);
    expect(await tracked.rows('/unknown')).toEqual([]);
    expect(tracked.primary.posts.length - before).toBeLessThanOrEqual(5);
  });
});
