import type { Page } from 'playwright-core';
import { describeWithBrowser } from '../support/browser.js';
import { eventually } from '../support/waiting.js';
import { holds, PATIENCE_MS, TrackedSite } from './tracked-site.js';

/** Visits of one page after the other, in tabs, offline: what is told of them, what is kept, and what is lost. */
describeWithBrowser('the tracker, over a visit', () => {
  let tracked: TrackedSite;

  beforeAll(async () => {
    tracked = await TrackedSite.start();
  }, PATIENCE_MS);
  beforeEach(() => tracked.reset());
  afterEach(() => tracked.leaveAll());
  afterAll(() => tracked.close());

  const keptBy = (page: Page) =>
    page.evaluate<string>('JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }])');
  /** Does something in the page, and waits for the event that tells of it: the tracker has heard it before. */
  const after = (page: Page, event: string, done: string) =>
    page.evaluate(
      `new Promise((told) => { addEventListener('${event}', told, { once: true }); ${done} }).then(() => true)`,
    );
  const NOTHING_KEPT = '["",{},{}]';

  it('keeps nothing in the browser by default: no cookie, no storage, whatever happens', async () => {
    const context = await tracked.visitor();
    await context.addInitScript('Navigator.prototype.sendBeacon = () => true');
    const page = await tracked.openFor(context, '/nothing');
    await page.mouse.click(200, 500);
    await page.evaluate(`monitoreo.track('Added')`);
    await tracked.arrived('/nothing', 1);
    await context.setOffline(true);
    await page.mouse.click(250, 500);
    expect(await keptBy(page)).toBe(NOTHING_KEPT);
    await page.goto('about:blank');
    await context.setOffline(false);
    const later = await tracked.openFor(context, '/nothing/later');
    await tracked.arrived('/nothing/later', 1, `interaction = 'view'`);
    // What was unsent when the page ended is lost, as docs/tracker.md says.
    expect(await tracked.clicks('/nothing')).toHaveLength(1);
    expect(await keptBy(later)).toBe(NOTHING_KEPT);
    expect(await context.cookies()).toEqual([]);
  });

  it('data-session: one id for the pages of a tab, another for another tab', async () => {
    tracked.site.tag += ' data-session';
    const context = await tracked.visitor();
    const page = await tracked.openFor(context, '/session/1');
    await page.goto(`${tracked.site.url}/session/2`);
    await tracked.openFor(context, '/session/3');
    const sessions = await Promise.all(
      [1, 2, 3].map(async (at) => (await tracked.arrived(`/session/${at}`, 1, `interaction = 'view'`))[0]!.session_id),
    );
    expect(sessions[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect([sessions[1] === sessions[0], sessions[2] === sessions[0]]).toEqual([true, false]);
  });

  it.each([
    ['is no page of its own', '', '/one', 1],
    ['is one with data-hash', ' data-hash', '/one#b', 2],
  ])('a hash %s', async (_, attribute, second, views) => {
    const path = `/hash${attribute.length}`;
    tracked.site.tag += attribute;
    const page = await tracked.open(`${path}/one#a`);
    await after(page, 'hashchange', `location.hash = 'b'`);
    await page.mouse.click(200, 500);
    const [click] = await tracked.arrived(`${path}${second}`, 1);
    const first = await tracked.arrived(`${path}${second.replace('#b', '#a')}`, 1, `interaction = 'view'`);
    expect(first).toHaveLength(1);
    const all = [
      ...first,
      ...(views === 2 ? await tracked.arrived(`${path}${second}`, 1, `interaction = 'view'`) : []),
    ];
    expect(all.map(({ view_id }) => view_id)).toContain(click!.view_id);
    expect(new Set(all.map(({ view_id }) => view_id)).size).toBe(views);
  });

  it('a page that changes by itself: each address is a view, also the way back, and depth is of its view', async () => {
    const page = await tracked.open('/spa/a');
    await page.evaluate('scrollTo(0, 1500)');
    await page.evaluate(`history.pushState(null, '', '/spa/b')`);
    await after(page, 'popstate', 'history.back()');
    await page.waitForURL('**/spa/a');
    await page.mouse.click(200, 500);
    const [click] = await tracked.arrived('/spa/a', 1);
    const views = await tracked.arrived('/spa/a', 2, `interaction = 'view'`);
    expect(await tracked.arrived('/spa/b', 1, `interaction = 'view'`)).toHaveLength(1);
    expect(views).toHaveLength(2);
    expect(click!.view_id).toBe(views[1]!.view_id);
    const [depth] = await tracked.arrived('/spa/a', 1, `interaction = 'scroll'`);
    expect(depth!.view_id).toBe(views[0]!.view_id);
  });

  it('as an ES module, started by the page itself', async () => {
    const options = { primary: tracked.service.url };
    tracked.site.files.set('/own.mjs', {
      type: 'text/javascript',
      body: `import { startTracker } from '${tracked.service.url}/tracker.mjs';
        window.monitoreo = startTracker(${JSON.stringify(options)});`,
    });
    tracked.site.files.set('/module', {
      type: 'text/html',
      body: '<!doctype html><title>Own</title><p style="height:3000px">Own</p><script type="module" src="/own.mjs"></script>',
    });
    const page = await tracked.open('/module');
    await page.mouse.click(200, 300);
    expect(await tracked.arrived('/module', 1)).toHaveLength(1);
  });

  it('views and reading change no conversion rate', async () => {
    const { service } = tracked;
    const rateOf = async () => {
      service.clock.time = Date.now() + 1;
      const answer = await fetch(`${service.url}/metrics?period=1h`);
      return (await answer.json()) as { total_clicks: number; conversion_rate: number; total_views: number };
    };
    const send = (event: object) =>
      fetch(`${service.url}/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ events: [{ user_id: 'u-1', timestamp: Date.now(), ...event }] }),
      });
    for (const event_type of ['click', 'click', 'click', 'conversion']) await send({ event_type });
    const before = await rateOf();
    expect(before.conversion_rate).toBeGreaterThan(0);
    for (let times = 0; times < 3; times++) {
      const page = await tracked.open('/rate');
      await page.evaluate('scrollTo(0, 800)');
      await page.goto('about:blank');
    }
    await tracked.arrived('/rate', 3, `interaction = 'view'`);
    await tracked.arrived('/rate', 3, `interaction = 'scroll'`);
    const { total_clicks, conversion_rate, total_views } = await rateOf();
    expect({ total_clicks, conversion_rate }).toEqual({
      total_clicks: before.total_clicks,
      conversion_rate: before.conversion_rate,
    });
    expect(total_views).toBeGreaterThanOrEqual(before.total_views + 3);
  });

  it('ten tabs that end offline: what they kept is sent by ten others at once, once', async () => {
    tracked.site.tag += ' data-offline="storage"';
    const context = await tracked.visitor();
    await context.addInitScript('Navigator.prototype.sendBeacon = () => true');
    const open = (path: string) => Promise.all(Array.from({ length: 10 }, () => tracked.openFor(context, path)));
    const tabs = await open('/ten');
    await tracked.arrived('/ten', 10, `interaction = 'view'`);
    await context.setOffline(true);
    for (const [at, tab] of tabs.entries()) {
      await tab.bringToFront();
      for (let times = 0; times < 3; times++) await tab.mouse.click(100 + at * 20 + times * 200, 500);
    }
    await Promise.all(tabs.map((tab) => tab.goto('about:blank')));
    await context.setOffline(false);
    const later = await open('/ten/later');
    await tracked.arrived('/ten', 30);
    await eventually(async () => (await later[0]!.evaluate('localStorage.length')) === 0, {
      within: PATIENCE_MS / 2,
      what: 'nothing is kept any more',
    });
    const clicks = await tracked.clicks('/ten');
    expect([clicks.length, new Set(clicks.map(({ x }) => x)).size]).toEqual([30, 30]);
    expect(await tracked.views('/ten')).toHaveLength(10);
  }, 60_000);

  it('what another tab leaves while its earlier events are sent stays', async () => {
    tracked.site.tag += ' data-offline="storage"';
    const context = await tracked.visitor();
    const page_url = `${tracked.site.url}/other-tab`;
    const timestamp = Date.now();
    const left = (at: number) =>
      JSON.stringify([JSON.stringify({ event_id: `left-${at}`, timestamp, page_url, x: 0.5, y: at / 10 })]);
    const other = 'monitoreo.unsent.of-another-tab';
    const seed = await context.newPage();
    tracked.site.files.set('/seed', { type: 'text/html', body: '<!doctype html><title>Seed</title>' });
    await seed.goto(`${tracked.site.url}/seed`);
    const leave = (text: string) => `localStorage.setItem(${JSON.stringify(other)}, ${JSON.stringify(text)})`;
    await seed.evaluate(leave(left(1)));
    // A second passes until what was adopted is sent.
    tracked.primary.failure = 'limits';
    const page = await tracked.openFor(context, '/adopting');
    await eventually(() => tracked.primary.posts.includes('limits'), {
      within: PATIENCE_MS / 4,
      what: 'it is limited',
    });
    await page.evaluate(leave(left(2)));
    await tracked.arrived('/other-tab', 1);
    // What comes next is sent when that is settled.
    await tracked.arrived('/adopting', 1, `interaction = 'view'`);
    await page.mouse.click(200, 500);
    await tracked.arrived('/adopting', 1);
    expect(await page.evaluate(`localStorage.getItem(${JSON.stringify(other)})`)).toBe(left(2));
  }, 30_000);

  it('a page of old, without a doctype', async () => {
    tracked.site.files.set('/quirks', {
      type: 'text/html',
      body: `<body style="margin:0"><div style="height:4000px">Old</div>${tracked.site.script}`,
    });
    const page = await tracked.open('/quirks');
    await page.evaluate('scrollTo(0, 1000)');
    await page.mouse.click(256, 500);
    const [click] = await tracked.arrived('/quirks', 1);
    expect([click!.x, click!.y, click!.document_height]).toEqual([0.25, 0.375, 4000]);
    await page.goto('about:blank');
    const [depth] = await tracked.arrived('/quirks', 1, `interaction = 'scroll'`);
    expect(depth!.scroll_depth).toBeCloseTo(1768 / 4000, 3);
  });

  it('an application that scrolls within: how far that was read', async () => {
    tracked.site.files.set('/app', {
      type: 'text/html',
      body: `<!doctype html><style>body { margin: 0; overflow: hidden }
        #main { height: 100vh; overflow: auto } #main p { height: 3000px; margin: 0 }
        #aside { position: fixed; right: 0; bottom: 0; width: 100px; height: 100px; overflow: auto }</style>
        <div id="main"><p>Read me</p></div><div id="aside"><p style="height:900px">Not me</p></div>${tracked.site.script}`,
    });
    const page = await tracked.open('/app');
    await page.evaluate(`document.getElementById('aside').scrollTop = 800`);
    await page.evaluate(`document.getElementById('main').scrollTop = 1000`);
    await holds(page, `document.getElementById('main').scrollTop === 1000`);
    await page.mouse.wheel(0, 1);
    await holds(page, `document.getElementById('main').scrollTop > 1000`);
    await page.goto('about:blank');
    const [depth] = await tracked.arrived('/app', 1, `interaction = 'scroll'`);
    expect(depth!.scroll_depth).toBeCloseTo((1001 + 768) / 3000, 2);
  });

  it('an outage costs one time-out, however much is clicked meanwhile', async () => {
    tracked.primary.failure = 'hangs';
    const page = await tracked.open('/outage');
    for (let times = 0; times < 5; times++) {
      await page.mouse.click(100 + times * 50, 500);
      await tracked.arrived('/outage', times + 1);
    }
    expect(tracked.primary.posts.filter((failure) => failure === 'hangs')).toHaveLength(1);
    expect(await tracked.clicks('/outage')).toHaveLength(5);
  }, 30_000);
});
