import type { Browser, Page } from 'playwright-core';
import { OwnIntake } from '../e2e/own-intake.js';
import { OwnPulsar } from '../e2e/own-pulsar.js';
import { launchBrowser } from '../support/browser.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { describeWithPulsar } from '../support/pulsar.js';
import { type RunningService, startService } from '../support/service.js';
import { told } from '../support/test-run.js';
import { eventually } from '../support/waiting.js';

const PRESSES = Number(process.env.MONITOREO_TEST_PRESSES ?? 20);
const PATIENCE_MS = 300_000;
const RECOVERED_MS = 60_000;

const withBrowser = told('browserMissing') === null ? describeWithPulsar : describe.skip;

withBrowser('a press in one page, seen in another', () => {
  let browser: Browser;
  let database: TestDatabase;
  let pulsar: OwnPulsar;
  let intake: OwnIntake;
  let service: RunningService;
  let clicker: Page;
  let live: Page;
  let pressed = 0;

  beforeAll(async () => {
    [database, pulsar] = await Promise.all([createTestDatabase(), OwnPulsar.prepare()]);
    await pulsar.start();
    intake = OwnIntake.named(database.url, pulsar.addresses);
    service = await startService({ env: intake.env() });
    browser = (await launchBrowser()).browser!;
    const context = await browser.newContext({ locale: 'en-US' });
    [clicker, live] = [await context.newPage(), await context.newPage()];
    await clicker.goto(`${service.url}/clicker`);
    await live.goto(`${service.url}/dashboard/live`);
    await live.waitForSelector('[data-connection="connected"]');
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser?.close();
    service?.kill('SIGKILL');
    await intake?.close();
    await pulsar?.stop();
    await database?.drop();
  }, PATIENCE_MS);

  const press = async () => {
    // In the page itself: the mouse of a test would wait for the button's animation.
    await clicker.locator('[data-vote="cheers"]').dispatchEvent('click');
    pressed += 1;
  };
  const shown = async () => Number((await live.locator('[data-figure="cheers"]').textContent())?.replace(/\D/g, ''));
  const seen = (within: number) =>
    eventually(async () => (await shown()) === pressed, { within, what: `${pressed} votes are seen` });
  const waiting = () => clicker.locator('[data-waiting]').getAttribute('data-waiting');

  it(
    'moves the bar, soon',
    async () => {
      await press();
      await seen(RECOVERED_MS);
      const times: number[] = [];
      for (let one = 0; one < PRESSES; one++) {
        const began = performance.now();
        await press();
        await seen(10_000);
        times.push(performance.now() - began);
      }
      times.sort((one, other) => one - other);
      const at = (part: number) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * part))]!);
      if (process.env.MONITOREO_TEST_PRESSES) console.log(`${PRESSES} presses: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
      // Not a measurement: a page that asks every few seconds would be slower.
      expect(at(0.5)).toBeLessThan(3_000);
      expect(await live.locator('rect').count()).toBeGreaterThanOrEqual(120);
    },
    PATIENCE_MS,
  );

  it(
    'with the broker killed and started again says so, and no vote is lost or doubled',
    async () => {
      await pulsar.kill();
      for (let one = 0; one < 5; one++) await press();
      await clicker.getByText('waiting: sent again').waitFor({ timeout: RECOVERED_MS });
      expect(await waiting()).toBe('5');
      await clicker.reload();
      expect(await waiting()).toBe('5');
      await pulsar.start();
      await eventually(async () => (await waiting()) === '0', { within: RECOVERED_MS, what: 'all votes are taken' });
      await clicker.getByText('every vote so far has arrived').waitFor();
      await seen(RECOVERED_MS);
      await intake.recordedExactly(pressed, RECOVERED_MS);
      const [row] = await intake.query<{ ids: number; cheers: number }>(
        `select count(distinct event_id)::int as ids, count(*) filter (where reaction = 'cheers')::int as cheers from events`,
      );
      expect(row).toEqual({ ids: pressed, cheers: pressed });
    },
    PATIENCE_MS,
  );
});
