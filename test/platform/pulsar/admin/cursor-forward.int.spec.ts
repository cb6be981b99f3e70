import { AdminApi } from '../../../../src/platform/pulsar/admin/admin-api.js';
import { CursorReset } from '../../../../src/platform/pulsar/admin/cursor-reset.js';
import { ScriptedAdmin } from './scripted-admin.js';

const TOPIC = '/admin/v2/persistent/public/default/clicks';
const RESET = `${TOPIC}/subscription/monitoreo/resetcursor/`;

describe('a subscription is never set past what waits', () => {
  let broker: ScriptedAdmin;
  let api: AdminApi;

  beforeEach(async () => {
    broker = await ScriptedAdmin.start();
    api = new AdminApi({ url: broker.url });
    broker.json(`${TOPIC}/partitions`, { partitions: 0 });
  });
  afterEach(async () => {
    api.close();
    await broker.close();
  });

  const waits = (path: string, msgBacklog: number, earliest?: number) =>
    broker.json(`${path}/stats`, {
      subscriptions: { monitoreo: { msgBacklog, earliestMsgPublishTimeInBacklog: earliest } },
    });
  const set = async (time: number, expected = time) => {
    broker.json(`${RESET}${expected}`, null);
    return new CursorReset(api, 'clicks', 'monitoreo').to(time);
  };

  it.each([
    ['nothing waits', 0, -1, 5000, 5000],
    ['what waits is younger', 3, 7000, 5000, 5000],
    ['what waits is older', 3, 4000, 5000, 4000],
  ])('%s', async (_, count, earliest, time, moment) => {
    waits(TOPIC, count, earliest);
    expect(await set(time, moment)).toBe(moment);
    expect(broker.asked.at(-1)!.path).toBe(`${RESET}${moment}`);
  });

  it('the oldest of all partitions counts', async () => {
    broker.json(`${TOPIC}/partitions`, { partitions: 2 });
    waits(`${TOPIC}-partition-0`, 1, 4000);
    waits(`${TOPIC}-partition-1`, 1, 3000);
    expect(await set(5000, 3000)).toBe(3000);
  });

  it('what is published meanwhile waits, too', async () => {
    waits(TOPIC, 0, -1);
    await expect(new CursorReset(api, 'clicks', 'monitoreo').to(Date.now() + 3_600_000)).rejects.toThrow();
    expect(Number(broker.asked.at(-1)!.path.replace(RESET, ''))).toBeLessThanOrEqual(Date.now());
  });

  it('nothing is set where the broker does not say how old what waits is', async () => {
    waits(TOPIC, 3);
    await expect(set(5000)).rejects.toThrow(/does not say/);
  });
});
