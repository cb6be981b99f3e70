import { PulsarVotes } from '../../src/live/infrastructure/pulsar/pulsar-votes.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { Health } from '../../src/platform/observability/health.js';
import type { MessageBroker } from '../../src/platform/pulsar/message-broker.port.js';
import { PublishError } from '../../src/platform/pulsar/publish-error.js';
import { slices, TestClock } from '../support/application.js';
import { TEST_TIME } from '../support/events.js';

const DOWN = {
  status: 'down',
  reason: 'the broker confirmed none of the last 3 votes: the namespace wants encrypted messages',
};

describe('votes that the broker refuses', () => {
  afterEach(() => jest.useRealTimers());

  const start = () => {
    let refuses = true;
    const broker = {
      createPublisher: () => ({
        publish: () =>
          refuses
            ? Promise.reject(new PublishError('the namespace wants encrypted messages', 'not_sent'))
            : Promise.resolve(),
      }),
    } as unknown as MessageBroker;
    const clock = new TestClock(TEST_TIME);
    const health = new Health(clock);
    const votes = new PulsarVotes(broker, loadConfig(slices, {}), health);
    return {
      vote: (times: number) =>
        Promise.allSettled(Array.from({ length: times }, () => votes.publish(Buffer.from('{}')))),
      accept: () => (refuses = false),
      health: async () => {
        clock.time += 1_000; // a report is kept for a moment
        return (await health.report()).votes;
      },
    };
  };

  it('are told in /health when there are three in a row, until one is confirmed', async () => {
    const { vote, accept, health } = start();
    await vote(2);
    expect(await health()).toEqual({ status: 'up' });
    await vote(1);
    expect(await health()).toEqual(DOWN);
    accept();
    await vote(1);
    expect(await health()).toEqual({ status: 'up' });
  });

  it('are told for a minute, because nobody may vote any more', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    const { vote, health } = start();
    await vote(3);
    jest.advanceTimersByTime(59_000);
    expect(await health()).toEqual(DOWN);
    jest.advanceTimersByTime(2_000);
    expect(await health()).toEqual({ status: 'up' });
  });
});
