import { AdminApi } from '../../../../src/platform/pulsar/admin/admin-api.js';
import { CursorReset } from '../../../../src/platform/pulsar/admin/cursor-reset.js';
import { DirectBroker } from '../../../../src/platform/pulsar/direct/direct-broker.js';
import { quietLogger } from '../../../support/application.js';
import { backlog, createSubscription, createTopic, describeWithPulsar, testPulsar } from '../../../support/pulsar.js';
import { eventually } from '../../../support/waiting.js';

const SUBSCRIPTION = 'monitoreo';

describeWithPulsar('a subscription that is set back', () => {
  let api: AdminApi;
  let broker: DirectBroker;

  beforeAll(async () => {
    const { serviceUrl, webUrl } = testPulsar();
    api = new AdminApi({ url: webUrl });
    broker = await DirectBroker.open({
      serviceUrl,
      webUrl,
      token: null,
      ca: null,
      certificate: null,
      log: quietLogger,
    });
  });
  afterAll(async () => {
    api.close();
    await broker.close();
  });

  it.each([
    ['a topic', undefined],
    ['a partitioned topic', 2],
  ])('%s: says from when on it has messages, and delivers them again while it is consumed', async (_, partitions) => {
    const topic = await createTopic({ partitions });
    await createSubscription(topic, SUBSCRIPTION);
    const cursor = new CursorReset(api, topic, SUBSCRIPTION);
    expect(await cursor.oldest()).toBeNull();

    const subscription = broker.subscribe({
      topic,
      subscription: SUBSCRIPTION,
      type: 'Shared',
      maxInFlightMessages: 100,
      maxInFlightBytes: 1_000_000,
    });
    const received: string[] = [];
    let firstAt = Infinity;
    const consuming = (async () => {
      for (;;) {
        const messages = await subscription.receive();
        if (messages.length === 0) return;
        for (const { data, publishedAt } of messages) {
          received.push(data.toString());
          firstAt = Math.min(firstAt, publishedAt);
        }
        await subscription.acknowledge(messages);
      }
    })();
    const publisher = broker.createPublisher(topic);
    for (let n = 0; n < 6; n++) await publisher.publish({ data: Buffer.from(String(n)) });
    await eventually(() => received.length === 6, { within: 20_000, what: 'all is consumed' });
    await eventually(async () => (await backlog(topic, SUBSCRIPTION)) === 0, {
      within: 20_000,
      what: 'all is acknowledged',
    });

    const oldest = await cursor.oldest();
    expect(oldest).toBeGreaterThanOrEqual(firstAt);
    const { minutes, megabytes } = await cursor.retention();
    expect([typeof minutes, typeof megabytes]).toEqual(['number', 'number']);
    await cursor.to(firstAt);
    await eventually(() => received.length === 12, { within: 30_000, what: 'all is delivered again' });
    expect([...received].sort().filter((_, n) => n % 2 === 0)).toEqual(['0', '1', '2', '3', '4', '5']);
    await publisher.close();
    await subscription.close();
    await consuming;
  });

  it('a topic that is not there says so', async () => {
    const cursor = new CursorReset(api, 'persistent://public/default/nowhere-at-all', SUBSCRIPTION);
    expect(await cursor.oldest()).toBeNull();
    await expect(cursor.to(0)).rejects.toThrow(/404/);
  });
});
