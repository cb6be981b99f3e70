import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { DeadLetterStore } from '../../src/events/application/dead-letter-store.port.js';
import { Votes } from '../../src/live/application/votes.port.js';
import { routeTableOf } from '../../src/platform/http/route-table.js';
import { describeWithBrowser, launchBrowser } from '../support/browser.js';
import { deadLetter } from '../support/dead-letters.js';
import { eventually } from '../support/waiting.js';
import { useService } from '../support/used-service.js';

const CLICK = '{"page_url":"/","x":0.5,"y":0.5,"user_id":"u"}';
/** A body that the route would take from a page of ours, by its path. */
const BODIES: Readonly<Record<string, string>> = {
  '/track': CLICK,
  '/events': `{"events":[{"event_type":"click","user_id":"u"}]}`,
  '/keys': '{"role":"admin","name":"theirs"}',
  '/dead-letters/replay': '{"reason":"schema"}',
  '/live/click': '{"type":"cheers"}',
  '/visualization-tools-ii/kafka/click': '{"type":"cheers"}',
  '/session': '{"key":"guessed"}',
};

/** They are there for pages of others, as far as TRACKER_ORIGINS lets them. */
const FOR_PAGES = [
  '/live/click',
  '/visualization-tools-ii/kafka/click',
  '/api/heatmap/click',
  '/api/heatmap/click.php',
];

const isForPages = (url: string) => FOR_PAGES.some((path) => url.endsWith(path));

/** The script that runs in the page. */
interface Sent {
  readonly method: string;
  readonly url: string;
  readonly type: string;
  readonly mode: 'cors' | 'no-cors';
  readonly body: string;
}
declare const document: { createElement(name: 'form' | 'input'): Form; readonly body: { append(one: Form): void } };
declare const navigator: { sendBeacon(to: string, body: string): boolean };
interface Form {
  method: string;
  action: string;
  enctype: string;
  name: string;
  value: string;
  append(one: Form): void;
  submit(): void;
}

/** A page that somebody has open while the service runs on the same machine, keyless, as `npm start` leaves it. */
describeWithBrowser('a page of somebody else in a browser', () => {
  const service = useService();
  let browser: Browser;
  let letter: string;
  let votes: number;
  const pages = createServer((_, response) =>
    response
      .setHeader('content-type', 'text/html')
      .setHeader('connection', 'close')
      .end('<!doctype html><title>of somebody else</title>'),
  );

  beforeAll(async () => {
    pages.listen(0, '127.0.0.1');
    await once(pages, 'listening');
    // Every name is this machine: that of another page, and one that is bound to the service after its page was loaded.
    const launched = await launchBrowser(['--host-resolver-rules=MAP *.example 127.0.0.1']);
    if (launched.browser === null) throw new Error(launched.missing ?? 'no browser');
    browser = launched.browser;
    const letters = service.app.get(DeadLetterStore);
    await letters.add([deadLetter(1)], new AbortController().signal);
    const kept = await fetch(`${service.url}/dead-letters`);
    letter = ((await kept.json()) as { dead_letters: { id: string }[] }).dead_letters[0]!.id;
    service.app.get(Votes, { strict: false }).publish = () => {
      votes += 1;
      return Promise.resolve();
    };
  }, 120_000);
  beforeEach(() => (votes = 0));
  afterAll(async () => {
    await browser.close();
    pages.close();
  }, 60_000);

  const state = async () => {
    const { rows } = await service.sql.query(`select (select count(*)::int from events) as events,
      (select count(*)::int from access_keys) as keys, (select count(*)::int from access_sessions) as sessions,
      (select count(*)::int from audit_log) as audit, (select json_agg(d.state) from dead_letters d) as letters`);
    return { ...(rows[0] as object), votes };
  };
  const port = (of: string) => new URL(of).port;
  const own = () => `http://127.0.0.1:${port(service.url)}`;
  const theirs = (name: string) => `http://${name}:${(pages.address() as AddressInfo).port}`;
  const opened = async (url: string): Promise<Page> => {
    const page = await browser.newPage();
    await page.goto(url);
    return page;
  };

  /** Every way in which a page can ask each route that changes something. */
  const attempts = (at: string): Sent[] =>
    routeTableOf(service.app.getHttpAdapter().getInstance())!
      .all()
      .filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method))
      .flatMap(({ method, url }) => {
        const address = at + url.replace(':id', letter);
        const sent = { method, url: address, body: BODIES[url] ?? '{}' };
        const cors = { ...sent, type: 'application/json', mode: 'cors' as const };
        const simple = ['text/plain', 'application/x-www-form-urlencoded'];
        const others = method === 'POST' ? simple.map((type) => ({ ...sent, type, mode: 'no-cors' as const })) : [];
        return [cors, ...others];
      });

  /** @returns what the page could read of the answers */
  const send = (page: Page, all: readonly Sent[]): Promise<(number | null)[]> =>
    page.evaluate(
      (requests) =>
        Promise.all(
          requests.map(({ method, url, type, mode, body }) =>
            fetch(url, { method, mode, body, credentials: 'include', headers: { 'content-type': type } }).then(
              (answer) => (answer.type === 'opaque' ? null : answer.status),
              () => null,
            ),
          ),
        ),
      all,
    );

  const EMPTY = { events: 0, keys: 0, sessions: 0, audit: 0, letters: ['open'], votes: 0 };

  it('changes nothing by fetch but where clicks and votes of pages are taken, and reads nothing', async () => {
    expect(await state()).toEqual(EMPTY);
    for (const from of [theirs('evil.example'), theirs('127.0.0.1'), theirs('localhost')]) {
      const page = await opened(from);
      const all = attempts(own()).filter(({ url }) => !isForPages(url));
      expect(all.length).toBeGreaterThan(15);
      expect(await send(page, all)).toEqual(all.map(() => null));
      const reads = ['/metrics', '/events', '/dead-letters', '/keys', '/audit', '/session'].map((path) => own() + path);
      const read = reads.map((url) => ({ method: 'GET', url, mode: 'cors' as const }));
      const texts = await page.evaluate(
        (requests) => Promise.all(requests.map(({ url }) => fetch(url).then((a) => a.text(), () => null))),
        read,
      ); // prettier-ignore
      expect(texts).toEqual(reads.map(() => null));
      await page.close();
    }
    expect(await state()).toEqual(EMPTY);
  }, 120_000);

  it('changes nothing by a beacon or a form, which ask nobody before', async () => {
    let answered = 0;
    const server = service.app.getHttpServer();
    // A page that a form leads to asks for more, its icon too.
    server.on('request', ({ method }, response) => {
      if (method === 'POST') response.once('finish', () => (answered += 1));
    });
    const page = await opened(theirs('evil.example'));
    const simple = attempts(own()).filter(({ type, url }) => type === 'text/plain' && !isForPages(url));
    expect(simple.length).toBeGreaterThan(5);
    for (const { url, body } of simple) {
      const before = answered;
      await page.evaluate(([to, text]) => navigator.sendBeacon(to, text), [url, body] as const);
      await eventually(() => answered > before, { within: 20_000, what: `the beacon to ${url} is answered` });
      // A form of text/plain sends `name=value`: with the equals sign in a string it is JSON.
      await page.evaluate(
        ([to, text]) => {
          const [form, field] = [document.createElement('form'), document.createElement('input')];
          Object.assign(form, { method: 'post', action: to, enctype: 'text/plain' });
          Object.assign(field, { name: `${text.slice(0, -1)},"_":"`, value: '"}' });
          form.append(field);
          document.body.append(form);
          form.submit();
        },
        [url, body] as const,
      );
      await page.waitForURL(url);
      await page.goto(theirs('evil.example'));
    }
    await page.close();
    expect(await state()).toEqual(EMPTY);
  }, 120_000);

  it('over a name that was bound to this machine later it changes nothing and reads nothing either', async () => {
    // First it leads to their page, then to the service: what the browser takes for the page's own origin, and sends no preflight for.
    let leadsTo = (pages.address() as AddressInfo).port;
    const open = new Set<Socket>();
    const name = createTcpServer((client) => {
      open.add(client);
      const there = connect(leadsTo, '127.0.0.1');
      for (const socket of [client, there]) socket.on('error', () => undefined);
      client.pipe(there).pipe(client);
    }).listen(0, '127.0.0.1');
    await once(name, 'listening');
    const rebound = `http://rebound.example:${(name.address() as AddressInfo).port}`;
    const page = await opened(rebound);
    leadsTo = Number(port(service.url));
    // A connection that the browser has in stock would lead to their page still.
    for (const client of open) client.destroy();
    const all = attempts(rebound).filter(({ mode }) => mode === 'cors');
    expect(await send(page, all)).toEqual(all.map(() => 403));
    const reads = ['/metrics', '/events', '/dead-letters', '/keys', '/audit', '/session', '/docs-json', '/health'];
    const statuses = await page.evaluate(
      (paths) => Promise.all(paths.map((path) => fetch(path).then(({ status }) => status))),
      reads,
    );
    expect(statuses).toEqual(reads.map(() => 403));
    await page.close();
    name.close();
    expect(await state()).toEqual(EMPTY);
  }, 60_000);

  it('a page of ours may: the same requests from its own origin are let in', async () => {
    const page = await opened(`${own()}/dashboard`);
    const all = attempts(own()).filter(({ mode, url }) => mode === 'cors' && !url.includes('/keys'));
    const statuses = await send(page, all);
    expect(statuses).not.toContain(403);
    expect(statuses).not.toContain(null);
    expect(await state()).toMatchObject({ events: 2, votes: 2 });
    await page.close();
  }, 60_000);
});
