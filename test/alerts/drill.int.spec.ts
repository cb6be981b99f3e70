import { createHmac } from 'node:crypto';
import type { CreatedAlertRule } from '../../src/alerts/application/answers/alert-rule.answer.js';
import type { Alert, AlertPage } from '../../src/alerts/application/answers/alert.answer.js';
import { Outbox } from '../../src/alerts/application/delivery/outbox.port.js';
import { Deliverer } from '../../src/alerts/application/delivery/deliverer.js';
import { Evaluator } from '../../src/alerts/application/evaluation/evaluator.js';
import { WatchedRules } from '../../src/alerts/application/evaluation/watched-rules.port.js';
import { TURN_MS } from '../../src/alerts/domain/watch.js';
import { topicOf } from '../../src/events/application/topic-of.js';
import { EVENT_TYPES, type EventType } from '../../src/events/domain/incoming-event.js';
import { ConsumerSigns } from '../../src/metrics/application/consumer-signs.port.js';
import { armFailpoint } from '../../src/platform/failpoint.js';
import { Networks } from '../../src/platform/http/connection/networks.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { recordRows } from '../support/record-rows.js';
import { eventually } from '../support/waiting.js';
import { Receiver } from './receiver.js';

const START = Date.parse('2026-03-02T10:00:00.000Z');
const MINUTE_MS = 60_000;
const A_RULE = {
  name: 'the rate falls',
  metric: 'conversion_rate',
  period: 20,
  condition: 'below',
  threshold: 5,
  for_minutes: 2,
  resolve_after_minutes: 1,
  min_clicks: 10,
};

interface Told {
  readonly type: string;
  readonly id: string | null;
  readonly text: string;
  readonly judged: string;
}

describe('three replicas on one database', () => {
  let testDatabase: TestDatabase;
  let replicas: TestApplication[];
  let living: TestApplication[];
  let receiver: Receiver;
  let consuming: boolean;
  let now: number;
  let events: number;
  let revive: () => void;

  const startReplica = async () => {
    const settings = { WEBHOOK_ALLOW: Networks.parse('127.0.0.1') };
    const replica = await startApplication(testDatabase.url, settings, now);
    const sign = { lagMs: 0, delayed: 0, stillMs: 0, settledAgoMs: 0, unseen: null, problem: null, ageMs: 0 };
    const signs = EVENT_TYPES.map((eventType) => ({ topic: topicOf(eventType, replica.config), ...sign }));
    replica.app.get(ConsumerSigns, { strict: false }).read = () => Promise.resolve(consuming ? signs : []);
    await replica.database.connect();
    return replica;
  };

  beforeEach(async () => {
    [now, events, consuming, revive] = [START, 0, true, () => undefined];
    testDatabase = await createTestDatabase();
    receiver = await Receiver.start();
    replicas = await Promise.all([startReplica(), startReplica(), startReplica()]);
    living = replicas;
  }, 120_000);
  afterEach(async () => {
    revive();
    armFailpoint(null);
    await Promise.all(replicas.map((replica) => replica.close()));
    await receiver.stop();
    await testDatabase.drop();
  }, 120_000);

  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(living[0]!.url + path, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    const answer = (await response.json()) as T;
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer;
  };
  const make = (members: object = {}) =>
    ask<CreatedAlertRule>('POST', '/alerts/rules', { ...A_RULE, webhook_url: receiver.url(), ...members });
  const alerts = async (): Promise<readonly Alert[]> => (await ask<AlertPage>('GET', '/alerts')).alerts;

  const record = (eventType: EventType, times: number) =>
    recordRows(
      living[0]!.store,
      Array.from({ length: times }, () => ({
        event_type: eventType,
        event_id: `e-${(events += 1)}`,
        timestamp: now - TURN_MS / 3,
      })),
    );

  const setClocks = (time: number) => {
    now = time;
    for (const { clock } of replicas) clock.time = time;
  };

  const lookAll = () => Promise.all(living.map(({ app }) => app.get(Evaluator, { strict: false }).now()));

  /** Somebody has begun the turn at this moment. A look that began before it claims nothing, and is all that `now` waits for. */
  const isClaimed = async (): Promise<boolean> => {
    const { rows } = await living[0]!.database.writers().query<{ turn: string }>('select turn from alert_turns');
    return Number(rows[0]!.turn) === Math.floor(now / TURN_MS);
  };

  /** The turn at this moment is over, whoever did it. */
  const judged = async (): Promise<boolean> => {
    await lookAll();
    const { rows } = await living[0]!.database
      .writers()
      .query<{ turn: string; done: boolean }>('select turn, done from alert_turns');
    return Number(rows[0]!.turn) === Math.floor(now / TURN_MS) && rows[0]!.done;
  };

  /** All replicas deliver, because a timer of any of them may have begun it. */
  const deliverNow = () => Promise.all(replicas.map(({ app }) => app.get(Deliverer, { strict: false }).now()));

  const tried = async (): Promise<boolean> => {
    await deliverNow();
    const { rowCount } = await living[0]!.database
      .writers()
      .query('select from alert_notifications where delivered_at is null and next_at <= $1', [new Date(now)]);
    return rowCount === 0;
  };

  /** The next turn, and what it wrote is tried once. */
  const turn = async () => {
    setClocks(now + TURN_MS);
    await eventually(judged, { within: 20_000, what: 'the turn is done' });
    await eventually(tried, { within: 20_000, what: 'what is due was tried' });
    await deliverNow();
  };
  const turns = async (times: number) => {
    for (let index = 0; index < times; index += 1) await turn();
  };

  const told = () => receiver.bodies<Told>();
  const types = () => told().map(({ type }) => type);

  it('a rate that falls is told once, although a replica dies and the webhook fails twice, and resolved once', async () => {
    const { secret } = await make();
    await record('click', 100);
    await record('conversion', 10);
    await turns(2);
    expect(await alerts()).toEqual([]);

    await record('click', 200);
    receiver.statuses.push(500, 500);
    await turn();
    expect(await alerts()).toMatchObject([{ state: 'pending', judged: 'ok', value: 3.33, fired_at: null }]);
    const [{ started_at }] = (await alerts()) as [Alert];
    await turns(3);

    // One claims the next turn and never does anything again; the others wait until its claim is over.
    const dead = living[2]!;
    const left = new Promise<never>((_, reject) => (revive = () => reject(new Error('dead'))));
    left.catch(() => undefined);
    dead.app.get(WatchedRules, { strict: false }).due = () => left;
    setClocks(now + TURN_MS);
    const claims = () => {
      void dead.app.get(Evaluator, { strict: false }).now();
      return isClaimed();
    };
    await eventually(claims, { within: 20_000, what: 'a replica claimed the turn' });
    living = living.slice(0, 2);
    setClocks(now + 8_000);
    await eventually(judged, { within: 20_000, what: 'another replica takes the turn over' });
    setClocks(now - 8_000);

    await turns(6);
    const [alert] = (await alerts()) as [Alert];
    expect(alert).toMatchObject({ state: 'firing', started_at });
    expect(Date.parse(alert.fired_at!) - Date.parse(started_at)).toBe(2 * MINUTE_MS);
    expect(types()).toEqual(['alert.firing', 'alert.firing', 'alert.firing']);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    for (const { headers, body } of receiver.received) {
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
      const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
      expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    }
    expect(told()[0]).toMatchObject({ id: alert.id, text: expect.stringContaining('the rate falls') as string });

    await record('conversion', 40);
    await turns(8);
    expect(types()).toEqual(['alert.firing', 'alert.firing', 'alert.firing', 'alert.resolved']);
    expect(await alerts()).toMatchObject([{ id: alert.id, state: 'resolved' }]);
  }, 240_000);

  it('a night without clicks is one notice; a consumer that stops is not judged, and only the lag fires', async () => {
    await make();
    await make({ name: 'the lag', metric: 'lag_ms', condition: 'above', threshold: 60_000, for_minutes: 0 });
    await turns(43);
    expect(types()).toEqual(['alert.no_data']);
    expect(told()[0]).toMatchObject({ id: null, judged: 'no_data' });

    await record('click', 100);
    await record('conversion', 1);
    await turn();
    expect(await alerts()).toMatchObject([{ state: 'pending', judged: 'ok' }]);
    consuming = false;
    await turns(10);
    const open = await alerts();
    expect(open.find(({ rule }) => rule.metric === 'conversion_rate')).toMatchObject({
      state: 'pending',
      judged: 'incomplete',
    });
    expect(open.find(({ rule }) => rule.metric === 'lag_ms')).toMatchObject({ state: 'firing', value: null });
    expect(types()).toEqual(['alert.no_data', 'alert.firing']);
  }, 240_000);

  it('a replica that starts anew repeats nothing and forgets nothing', async () => {
    await record('click', 100);
    await make({ for_minutes: 1 });
    await turns(3);
    replicas.push(await startReplica());
    living = [replicas[3]!];
    await turns(4);
    expect(types()).toEqual(['alert.firing']);
    const [alert] = (await alerts()) as [Alert];
    expect(Date.parse(alert.fired_at!) - Date.parse(alert.started_at)).toBe(MINUTE_MS);
  }, 240_000);

  it('a rule that is changed or deleted resolves silently; muting withholds alone', async () => {
    await record('click', 100);
    const rule = await make({ for_minutes: 0 });
    await turn();
    expect(types()).toEqual(['alert.firing']);
    const body = { ...A_RULE, for_minutes: 0, webhook_url: receiver.url() };
    const path = `/alerts/rules/${rule.id}`;
    const muted = { ...body, muted_until: new Date(now + MINUTE_MS).toISOString() };
    await ask('PUT', path, muted);
    expect(await alerts()).toMatchObject([{ state: 'firing' }]);
    await ask('PUT', path, { ...muted, threshold: 4 });
    expect(await alerts()).toMatchObject([{ state: 'resolved' }]);
    await turn();
    expect(await alerts()).toMatchObject([{ state: 'firing' }, { state: 'resolved' }]);
    await ask('DELETE', path);
    expect(await alerts()).toMatchObject([{ state: 'resolved' }, { state: 'resolved' }]);
    await turns(2);
    expect(types()).toEqual(['alert.firing']);
  }, 240_000);

  it('what fails before it is committed is judged again, in the same turn, and told once', async () => {
    await record('click', 100);
    await make({ for_minutes: 0 });
    armFailpoint({ name: 'before_alert_commit', action: 'error', nth: 1 });
    setClocks(now + TURN_MS);
    const failed = async () => {
      await lookAll();
      return isClaimed();
    };
    await eventually(failed, { within: 20_000, what: 'a replica claimed the turn, and failed' });
    setClocks(now + 8_000);
    await eventually(judged, { within: 20_000, what: 'the turn is done' });
    setClocks(now - 8_000);
    await turns(2);
    expect(types()).toEqual(['alert.firing']);
    expect(await alerts()).toMatchObject([{ started_at: new Date(START + TURN_MS).toISOString() }]);
  }, 240_000);

  it('what was sent by a replica that died before it noted so is sent again, with the same id', async () => {
    await record('click', 100);
    await make({ for_minutes: 0 });
    for (const { app } of living) {
      const outbox = app.get(Outbox, { strict: false });
      const noted = outbox.delivered.bind(outbox);
      outbox.delivered = () => {
        outbox.delivered = noted;
        return Promise.reject(new Error('died'));
      };
    }
    await turn();
    expect(types()).toEqual(['alert.firing']);
    living = [living[1]!];
    await eventually(
      async () => {
        await turn();
        const { rows } = await living[0]!.database
          .writers()
          .query<{ delivered_at: Date | null }>('select delivered_at from alert_notifications');
        return rows.length === 1 && rows[0]!.delivered_at !== null;
      },
      { within: 60_000, what: 'it is delivered, and noted' },
    );
    expect(receiver.received.length).toBeGreaterThan(1);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  }, 240_000);

  it('a webhook that never answers holds up no other', async () => {
    await record('click', 100);
    receiver.statuses.push(null);
    await make({ name: 'hangs', for_minutes: 0 });
    setClocks(now + TURN_MS);
    await eventually(judged, { within: 20_000, what: 'the turn is done' });
    void living[0]!.app.get(Deliverer, { strict: false }).now();
    await eventually(() => receiver.received.length === 1, { within: 20_000, what: 'it is asked' });
    await make({ name: 'answers', for_minutes: 0 });
    setClocks(now + TURN_MS);
    await eventually(judged, { within: 20_000, what: 'the turn is done' });
    void living[0]!.app.get(Deliverer, { strict: false }).now();
    const isAsked = () => told().some(({ text }) => text.includes('answers'));
    await eventually(isAsked, { within: 8_000, what: 'the other is asked meanwhile' });
  }, 240_000);
});
