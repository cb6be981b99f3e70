import { ALERTS_FAILPOINTS } from '../../src/alerts/alerts.failpoints.js';
import { Receiver } from '../alerts/receiver.js';
import { eventually } from '../support/waiting.js';
import { makeDatabase, queryOn, type Stage } from './stage.js';
import { Replica, startArmed } from './replica.js';
import { lookIntoDatabase } from './secrets/stored-secrets.js';

/** A turn begins every 15 s; what a replica left behind is taken over after 8 s, a delivery after 30 s. */
const REACHED_MS = 60_000;
const DELIVERED_MS = 90_000;

/** Its condition always holds, and is judged without a consumer: it fires in the first turn. */
const RULE = {
  name: 'hardly any dead letters',
  metric: 'dead_letters',
  condition: 'below',
  threshold: 1_000_000_000,
  period: '1h',
  for_minutes: 0,
};

interface Left {
  readonly alerts: number;
  readonly firing: number;
  readonly notifications: number;
  readonly delivered: number;
}

/** One replica, whose lives end at one point of alerts after the other; the alert begins once and its webhook hears of one message. */
export async function alertAtEachFailpoint(stage: Stage): Promise<string> {
  const databaseUrl = await makeDatabase(stage, 'alerts');
  const receiver = await Receiver.start();
  const { secrets } = stage;
  const env = { ...stage.env(stage.intake, databaseUrl), WEBHOOK_ALLOW: '127.0.0.1' };
  const replica = await Replica.on('alerts', env, secrets);
  try {
    await replica.start();
    await replica.ready();
    const made = await fetch(`${replica.url}/alerts/rules`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-token': secrets.apiToken },
      body: JSON.stringify({ ...RULE, webhook_url: receiver.url(), enabled: false }),
    });
    if (made.status !== 201) throw new Error(`the rule was not made: ${made.status} ${await made.text()}`);
    const { secret } = (await made.json()) as { secret: string };
    secrets.canaries.add('the secret of a webhook', secret, secret.slice(8, 24));
    await replica.kill();
    await queryOn(databaseUrl, `update alert_rules set rule = jsonb_set(rule, '{enabled}', 'true')`);

    const points = Object.keys(ALERTS_FAILPOINTS);
    for (const point of points) {
      if (!(await startArmed(replica, `${point}:exit`))) continue;
      const { signal } = await replica.ended(REACHED_MS);
      if (signal !== 'SIGKILL') throw new Error(`${point}: ended otherwise: ${signal}`);
    }
    await replica.start();
    await eventually(async () => (await left(databaseUrl)).delivered > 0, {
      within: DELIVERED_MS,
      what: 'the notification is delivered, and noted',
    });
    const found = await left(databaseUrl);
    secrets.canaries.look('webhooks', JSON.stringify(receiver.received));
    const ids = new Set(receiver.received.map(({ headers }) => headers['webhook-id']));
    const wanted: Left = { alerts: 1, firing: 1, notifications: 1, delivered: 1 };
    if (JSON.stringify(found) !== JSON.stringify(wanted) || ids.size !== 1)
      throw new Error(`${JSON.stringify(found)}, ${ids.size} ids told`);
    return `${points.length} of ${points.length} points: reached, and killed there; one alert, told ${receiver.received.length} times with one id`;
  } finally {
    await replica.kill();
    await receiver.stop();
    await lookIntoDatabase(databaseUrl, secrets.canaries);
    await stage.query('drop database alerts with (force)');
  }
}

async function left(databaseUrl: string): Promise<Left> {
  const [row] = await queryOn<Left & Record<string, number>>(
    databaseUrl,
    `select (select count(*) from alerts)::int as alerts, (select count(*) from alerts where state = 'firing')::int as firing,
       count(*)::int as notifications, count(delivered_at)::int as delivered from alert_notifications`,
  );
  return row!;
}
