import { TopicWatch } from '../../../src/events/infrastructure/pulsar/lag/topic-watch.js';
import type { ReceivedMessage } from '../../../src/platform/pulsar/message-broker.port.js';
import { WebSocketBroker } from '../../../src/platform/pulsar/websocket/websocket-broker.js';
import { quietLogger } from '../../support/application.js';
import { createSubscription, createTopic, describeWithPulsar, publishTo, testPulsar } from '../../support/pulsar.js';
import { eventually } from '../../support/waiting.js';

const WITHIN_MS = 20_000;

describeWithPulsar('two consumers under Failover', () => {
  const broker = () =>
    new WebSocketBroker({ webSocketUrl: testPulsar().webUrl.replace('http', 'ws'), log: quietLogger });

  it('both see the same lag; what one has in hand is no standstill there; the other goes on from there', async () => {
    const topic = await createTopic();
    await createSubscription(topic, 'monitoreo');
    const brokers = [broker(), broker()];
    const options = { topic, subscription: 'monitoreo', type: 'Failover' } as const;
    const consumers = brokers.map((each) => {
      const subscription = each.subscribe({ ...options, maxInFlightMessages: 100, maxInFlightBytes: 1_000_000 });
      return { subscription, watch: new TopicWatch(subscription), received: subscription.receive() };
    });
    const connected = () => consumers.every(({ subscription }) => subscription.state().connected);
    await eventually(connected, { within: WITHIN_MS, what: 'both are connected' });
    const reports = async () => {
      await Promise.all(consumers.map(({ watch }) => watch.look()));
      return consumers.map(({ watch }) => watch.report());
    };
    const settled = { lagMs: 0, delayed: 0, stillMs: 0, terminated: [], unseen: null };
    expect(await reports()).toEqual([settled, settled]);

    await publishTo(testPulsar().webUrl, topic);
    const [active, messages] = await Promise.race(
      consumers.map(async ({ received }, n) => [n, await received] as [number, ReceivedMessage[]]),
    );
    const [working, standby] = [consumers[active]!, consumers[1 - active]!];
    const done = working.watch.begin(messages);
    await eventually(
      async () => {
        const found = await reports();
        expect(found.map(({ lagMs }) => lagMs! > 0)).toEqual([true, true]);
        expect(found[active]).toMatchObject({ stillMs: 0 });
        expect(found[1 - active]!.stillMs).toBeGreaterThan(0);
      },
      { within: WITHIN_MS, what: 'both see that it waits' },
    );
    done();
    await working.subscription.acknowledge(messages);
    await eventually(async () => expect(await reports()).toEqual([settled, settled]), {
      within: WITHIN_MS,
      what: 'both see that it is settled',
    });

    await brokers[active]!.close();
    await expect(working.subscription.positions()).rejects.toThrow('closed');
    await publishTo(testPulsar().webUrl, topic);
    expect(await standby.received).toHaveLength(1);
    await standby.watch.look();
    expect(standby.watch.report().lagMs).toBeGreaterThan(0);
    await brokers[1 - active]!.close();
  }, 60_000);
});
