import { describeWithBrowser } from '../support/browser.js';
import { eventually } from '../support/waiting.js';
import { FAILURES } from './failing-region.js';
import { BOXES } from './site.js';
import { PATIENCE_MS, TrackedSite, VIEWPORT } from './tracked-site.js';

const GRID = 20;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where a click at this part of an element is, as the browser says. Text, because it runs in the page. */
const placeOf = (selector: string, part: Place) => `(() => {
  const root = document.documentElement;
  const left0 = root.dir === 'rtl' ? root.clientWidth - root.scrollWidth : 0;
  const element = document.querySelector(${JSON.stringify(selector)});
  element.scrollIntoView({ block: 'center', behavior: 'instant' });
  const { left, top, width, height } = element.getBoundingClientRect();
  const at = { x: Math.round(left + width * ${part.x}), y: Math.round(top + height * ${part.y}) };
  return {
    at,
    whole: { x: (at.x + scrollX - left0) / root.scrollWidth, y: (at.y + scrollY) / root.scrollHeight },
    part: { x: (at.x - left) / width, y: (at.y - top) / height },
  };
})()`;

describeWithBrowser('the tracker, in a page of another origin', () => {
  let tracked: TrackedSite;

  beforeAll(async () => {
    tracked = await TrackedSite.start();
  }, PATIENCE_MS);
  beforeEach(() => tracked.reset());
  afterEach(() => tracked.leaveAll());
  afterAll(() => tracked.close());

  it.each([
    { width: 390, height: 844, deviceScaleFactor: 3 },
    { width: 1024, height: 768, deviceScaleFactor: 1 },
    { width: 1440, height: 900, deviceScaleFactor: 1.25 },
  ])(
    'at $width pixels every click is in its cell, and in its place within its element',
    async ({ deviceScaleFactor, ...viewport }) => {
      const path = `/boxes/${viewport.width}`;
      const page = await tracked.open(path, { viewport, deviceScaleFactor });
      // An image that comes late moves everything.
      await page.evaluate(`document.getElementById('late').style.height = '333px'`);
      const expected: { whole: Place; part: Place }[] = [];
      for (const [at, { selector }] of BOXES.entries()) {
        const part = { x: 0.2 + 0.05 * at, y: 0.75 - 0.05 * at };
        const place = await page.evaluate<{ at: Place; whole: Place; part: Place }>(placeOf(selector, part));
        await page.mouse.click(place.at.x, place.at.y);
        expected.push(place);
      }
      const seen = await tracked.arrived(path, BOXES.length);
      expect(seen).toHaveLength(BOXES.length);
      for (const [at, { selector, fixed }] of BOXES.entries()) {
        const { x, y, target, ...row } = seen[at] as { x: number; y: number; target: Place };
        const { whole, part } = expected[at]!;
        expect(target).toMatchObject({ selector, fixed });
        expect([Math.floor(x * GRID), Math.floor(y * GRID)]).toEqual([
          Math.floor(whole.x * GRID),
          Math.floor(whole.y * GRID),
        ]);
        expect(Math.abs(target.x - part.x)).toBeLessThan(0.005);
        expect(Math.abs(target.y - part.y)).toBeLessThan(0.005);
        expect(row).toMatchObject({ viewport_width: viewport.width, viewport_height: viewport.height });
      }
      expect(JSON.stringify(seen)).not.toMatch(/Secret|k-1/);
    },
    PATIENCE_MS,
  );

  it('in a page that is read from the right and wider than the window', async () => {
    const page = await tracked.open('/rtl');
    await page.evaluate(`document.getElementById('long').style.width = '2000px'`);
    const places: { whole: Place; part: Place }[] = [];
    for (const selector of ['#box-a', '#box-b']) {
      const place = await page.evaluate<{ at: Place; whole: Place; part: Place }>(
        placeOf(selector, { x: 0.5, y: 0.5 }),
      );
      await page.mouse.click(place.at.x, place.at.y);
      places.push(place);
    }
    const seen = await tracked.arrived('/rtl', 2);
    expect(seen).toHaveLength(2);
    for (const [at, { whole }] of places.entries()) {
      expect(seen[at]!.x).toBeCloseTo(whole.x, 4);
      expect(seen[at]!.y).toBeCloseTo(whole.y, 4);
    }
    // One at each side: neither is clamped.
    expect(Math.abs(places[0]!.whole.x - places[1]!.whole.x)).toBeGreaterThan(0.7);
  });

  it('offline, a page that keeps what is unsent: another page sends it, once', async () => {
    tracked.site.tag += ' data-offline="storage"';
    const context = await tracked.visitor();
    // A beacon may be held until the network is back: here it is lost, as the browser may lose it.
    await context.addInitScript('Navigator.prototype.sendBeacon = () => true');
    const page = await tracked.openFor(context, '/offline');
    await tracked.arrived('/offline', 1, `interaction = 'view'`);
    await context.setOffline(true);
    for (let times = 0; times < 4; times++) await page.mouse.click(100 + times * 50, 500);
    await page.goto('about:blank');
    await context.setOffline(false);
    expect(await tracked.clicks('/offline')).toEqual([]);
    const later = await tracked.openFor(context, '/online');
    expect(await tracked.arrived('/offline', 4)).toHaveLength(4);
    await eventually(async () => (await later.evaluate('localStorage.length')) === 0, {
      within: PATIENCE_MS / 2,
      what: 'nothing is kept any more',
    });
    expect(await tracked.clicks('/offline')).toHaveLength(4);
  }, 60_000);

  it('ten tabs at once, each clicked: every click once', async () => {
    tracked.primary.failure = 'fails';
    const context = await tracked.visitor();
    const tabs = await Promise.all(Array.from({ length: 10 }, () => tracked.openFor(context, '/tabs')));
    for (const [at, tab] of tabs.entries()) await tab.mouse.click(100 + at * 10, 500);
    await tracked.arrived('/tabs', 10);
    await Promise.all(tabs.map((tab) => tab.close()));
    await tracked.arrived('/tabs', 10, `interaction = 'view'`);
    expect(new Set((await tracked.clicks('/tabs')).map(({ view_id }) => view_id)).size).toBe(10);
    expect(await tracked.clicks('/tabs')).toHaveLength(10);
    expect(await tracked.views('/tabs')).toHaveLength(10);
  }, 60_000);

  it.each(FAILURES)(
    'while the first region %s no click is lost or doubled',
    async (failure) => {
      tracked.primary.failure = failure;
      const path = `/first/${failure}`;
      const page = await tracked.open(path);
      for (let times = 0; times < 5; times++) await page.mouse.click(100 + times * 50, 500);
      await tracked.arrived(path, 5);
      await page.goto('about:blank');
      await tracked.arrived(path, 1, `interaction = 'scroll'`);
      expect((await tracked.clicks(path)).map(({ x }) => x)).toHaveLength(5);
      expect(new Set((await tracked.clicks(path)).map(({ x }) => x)).size).toBe(5);
      expect(await tracked.rows(path, `interaction = 'view'`)).toHaveLength(1);
    },
    PATIENCE_MS,
  );

  it('goes back to the first region when that is well again', async () => {
    tracked.primary.failure = 'fails';
    const page = await tracked.open('/back');
    await tracked.arrived('/back', 1, `interaction = 'view'`);
    tracked.primary.failure = null;
    const before = tracked.primary.passedOn;
    const isBack = async () => {
      await page.mouse.click(200, 500);
      return tracked.primary.passedOn > before;
    };
    await eventually(isBack, { within: PATIENCE_MS / 4, what: 'clicks go to the first region' });
  }, 30_000);

  it('a page that is left in the middle of an outage says all to both regions', async () => {
    tracked.primary.failure = 'hangs';
    const page = await tracked.open('/left');
    for (let times = 0; times < 3; times++) await page.mouse.click(100 + times * 50, 500);
    await page.evaluate('scrollTo(0, 1000)');
    await page.goto('about:blank');
    await tracked.arrived('/left', 1, `interaction = 'scroll'`);
    const seen = await tracked.rows('/left');
    expect(seen.filter(({ x }) => x !== null)).toHaveLength(3);
    expect(seen.filter(({ interaction }) => interaction === 'view')).toHaveLength(1);
    const [{ scroll_depth: depth, document_height: height }] = seen.filter(
      ({ interaction }) => interaction === 'scroll',
    ) as unknown as [{ scroll_depth: number; document_height: number }];
    expect(depth).toBeCloseTo((1000 + VIEWPORT.height) / height, 3);
  }, 30_000);

  it('tells views apart by path and listed members, and what happened in words of the site', async () => {
    tracked.site.tag += ' data-query="id" data-session';
    const page = await tracked.open('/views?token=secret&id=7#mine');
    await page.evaluate(`history.pushState(null, '', '/views/2?token=other#there')`);
    await page.evaluate(`history.replaceState(null, '', '/views/2?token=third')`);
    await page.evaluate(`monitoreo.track('Added', { article: 7 })`);
    const [added] = await tracked.arrived('/views/2', 1, 'interaction is null');
    expect(added).toMatchObject({ event_type: 'click', x: null, properties: { event: 'Added', article: 7 } });
    expect(added!.user_id).toBe(added!.session_id);
    const first = await tracked.rows('/views?id=7', `interaction = 'view'`);
    const second = await tracked.rows('/views/2', `interaction = 'view'`);
    expect([first.length, second.length]).toEqual([1, 1]);
    expect(first[0]!.view_id).not.toBe(second[0]!.view_id);
    const all = await tracked.service.database.writers().query('select * from events');
    expect(JSON.stringify(all.rows)).not.toMatch(/secret|#mine/);
  }, 30_000);

  it.each([
    ['Do Not Track', `Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' })`],
    [
      'Global Privacy Control',
      `Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })`,
    ],
    ['a frame of the heat map', `window.name = 'monitoreo-heatmap'`],
  ])('is silent for %s', async (_, script) => {
    const asked = tracked.primary.posts.length;
    const context = await tracked.visitor();
    await context.addInitScript(script);
    const page = await tracked.openFor(context, '/silent');
    await page.mouse.click(100, 500);
    await page.evaluate(`monitoreo.track('Added')`);
    await page.goto('about:blank');
    // Another page's view comes after anything that this one could have sent.
    const other = await tracked.open(`/spoken/${asked}`);
    await tracked.arrived(`/spoken/${asked}`, 1, `interaction = 'view'`);
    // What pages of other tests say as they end may come meanwhile.
    const told = (path: string) => tracked.primary.texts.filter((text) => text.includes(tracked.site.url + path));
    expect([told('/silent'), told(`/spoken/${asked}`).length]).toEqual([[], 1]);
    expect(await tracked.rows('/silent')).toEqual([]);
    expect(await other.evaluate(`document.cookie + localStorage.length + sessionStorage.length`)).toBe('00');
  });
});
