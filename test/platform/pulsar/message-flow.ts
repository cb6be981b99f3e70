import type {
  OutgoingMessage,
  ReceivedMessage,
  Subscription,
} from '../../../src/platform/pulsar/message-broker.port.js';
import { testPulsar } from '../../support/pulsar.js';

/** `count` messages whose payload is their number. */
export const numbered = (count: number, from = 0): OutgoingMessage[] =>
  Array.from({ length: count }, (_, i) => ({ data: Buffer.from(String(from + i)) }));

export const numbersOf = (messages: readonly ReceivedMessage[]): number[] =>
  messages.map(({ data }) => Number(data.toString()));

/**
 * Receives until at least `count` messages have come, and acknowledges each batch if asked to.
 * @throws Error when they have not come within 20 s
 */
export async function collect(
  subscription: Subscription,
  count: number,
  { acknowledge = false } = {},
): Promise<ReceivedMessage[]> {
  const received: ReceivedMessage[] = [];
  const deadline = Date.now() + 20_000;
  while (received.length < count) {
    const batch = await Promise.race([subscription.receive(), late(deadline, () => received.length, count)]);
    if (batch.length === 0) throw new Error(`closed after ${received.length} of ${count} messages`);
    received.push(...batch);
    if (acknowledge) await subscription.acknowledge(batch);
  }
  return received;
}

function late(deadline: number, arrived: () => number, count: number): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`only ${arrived()} of ${count} messages arrived`)),
      deadline - Date.now(),
    );
    timer.unref();
  });
}

interface TopicStats {
  readonly subscriptions: Readonly<Record<string, { readonly consumers: readonly unknown[] } | undefined>>;
}

/** How many consumers the broker counts on a topic without partitions. */
export async function consumersOf(topic: string, subscription: string): Promise<number> {
  const response = await fetch(`${testPulsar().webUrl}/admin/v2/${topic.replace('://', '/')}/stats`);
  const { subscriptions } = (await response.json()) as TopicStats;
  return subscriptions[subscription]?.consumers.length ?? 0;
}
