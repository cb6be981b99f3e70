import type { LiveFrame } from '../../src/live/application/answers/live.answer.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows } from '../support/record-rows.js';
import { testUuid } from '../support/events.js';
import { eventually } from '../support/waiting.js';
import { EventStream, type Frame } from './event-stream.js';

const bins = ({ data }: Frame) => (data as LiveFrame).bins;
const hasCheers = (frame: Frame, final?: boolean) =>
  frame.event === 'message' &&
  bins(frame).some((bin) => bin.cheers > 0 && (final === undefined || bin.final === final));

describe('GET /live/stream', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;
  const open: EventStream[] = [];
  let ids = 0;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    application = await startApplication(testDatabase.url, { SSE_MAX_PER_ADDRESS: 3 }, Date.now());
    await application.database.connect();
  });
  afterEach(async () => {
    for (const stream of open.splice(0)) stream.close();
    await eventually(async () => (await streams()) === 0, { within: 5_000, what: 'all streams are left' });
  });
  afterAll(async () => {
    await application.close();
    await testDatabase.drop();
  });

  const watch = async (headers = {}) => {
    const stream = await EventStream.open(`${application.url}/live/stream`, headers);
    open.push(stream);
    return stream;
  };
  const streams = async () => {
    const text = await (await fetch(`${application.url}/internal/metrics`)).text();
    return Number(/^monitoreo_live_streams (\d+)$/m.exec(text)?.[1]);
  };
  const vote = (timestamp: number) =>
    recordRows(application.store, [{ event_type: 'click', event_id: testUuid(++ids), timestamp, reaction: 'cheers' }]);

  it('says how it is to be handled, and how soon to come again', async () => {
    const stream = await watch();
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(stream.headers['content-encoding']).toBeUndefined();
    const first = await stream.next(() => true, 'the state to start from');
    expect(bins(first)).toHaveLength(60);
    expect(stream.retry).toBe(2000);
    const newest = bins(first)
      .filter(({ final }) => final)
      .at(-1)!;
    expect(first.id).toBe(String(Date.parse(newest.time)));
  });

  it('a vote is seen while its bin fills, once more when it closes, and a late one corrects', async () => {
    const stream = await watch();
    await stream.next(() => true, 'the state to start from');
    // On a machine that stands still for as long as a bin fills, the next one is seen.
    let votedAt = -Infinity;
    const filling = await eventually(
      async () => {
        if (performance.now() - votedAt > 3_000) {
          votedAt = performance.now();
          await vote(Date.now());
        }
        return stream.frames.find((frame) => hasCheers(frame, false)) ?? false;
      },
      { within: 20_000, what: 'the bin that fills' },
    );
    expect(filling.id).toBeNull();
    const closed = await stream.next((frame) => frame.id !== null && hasCheers(frame, true), 'the bin that closed');
    expect(bins(closed).map(({ time }) => String(Date.parse(time)))).toContain(closed.id);

    const late = Math.floor(Date.now() / 2000) * 2000 - 300_000;
    await vote(late + 1);
    const isLate = (frame: Frame) => bins(frame).some(({ time }) => Date.parse(time) === late);
    const correction = await stream.next((frame) => frame.event === 'message' && isLate(frame), 'the correction');
    expect(correction.id).toBeNull();
  });

  it('who comes back gets what closed since, or is told of the gap', async () => {
    const now = Date.now();
    const back = await watch({ 'last-event-id': String(Math.floor(now / 2000) * 2000 - 300_000) });
    expect(bins(await back.next(() => true, 'what closed since')).length).toBeGreaterThan(145);
    const late = await watch({ 'last-event-id': String(Math.floor(now / 2000) * 2000 - 1_000_000) });
    expect(await late.next(({ event }) => event === 'gap', 'the gap')).toMatchObject({
      data: { from: expect.any(String) as string, to: expect.any(String) as string },
    });
    expect(bins(await late.next(({ event }) => event === 'message', 'the state'))).toHaveLength(60);
  });

  it('one address has so many, and another one when one leaves', async () => {
    const first = await watch();
    await watch();
    await watch();
    const refused = await fetch(`${application.url}/live/stream`);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    expect(await refused.json()).toMatchObject({ code: 'too_many_streams' });
    first.close();
    await eventually(async () => (await streams()) === 2, { within: 5_000, what: 'the first has left' });
    expect((await watch()).status).toBe(200);
  });

  it('ends when the service does', async () => {
    const other = await startApplication(testDatabase.url, {}, Date.now());
    await other.database.connect();
    const stream = await EventStream.open(`${other.url}/live/stream`);
    await stream.next(() => true, 'the state to start from');
    await other.close();
    await eventually(() => stream.ended, { within: 5_000, what: 'the stream ends' });
    expect(stream.retry).toBe(5000);
  });
});
