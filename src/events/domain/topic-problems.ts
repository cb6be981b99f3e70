/** A topic is stalled if nothing moves for so long while messages wait. A broker that restarts is back in half of this time. */
export const STALLED_AFTER_MS = 30_000;

/** Tells an operator what it means, and what to do about each known cause, without a figure that moves. */
export const stalledTopic = (topic: string): string =>
  [
    `messages of ${topic} wait, and for ${STALLED_AFTER_MS / 1000} s the broker has delivered none of them, or the same ones over and over. ` +
      `To see the first: pulsar-admin topics peek-messages -s SUBSCRIPTION ${topic}. Known causes:`,
    '(1) Over WebSocket, a message without a value (null, as Java clients can publish it), or a batch that holds fewer messages than it ' +
      "claims. Consume by Pulsar's own protocol, which makes a dead letter of it (PULSAR_SERVICE_URL=pulsar://… and PULSAR_CLIENT unset). " +
      `Or skip the first (pulsar-admin topics skip -n 1 -s SUBSCRIPTION ${topic}), and restart the service.`,
    '(2) A broker up to 4.0 withholds what lies behind a chunk that came twice, or whose beginning is gone, and every broker a batch that ' +
      `claims to hold 0 messages or fewer. Unload the topic (pulsar-admin topics unload ${topic}). If it stalls again, skip the first.`,
    '(3) A consumer holds as many unacknowledged messages as the broker allows, such as chunks whose rest does not come: they are given ' +
      'up after 10 minutes. Where the limit was changed meanwhile, a broker may stay blocked (pulsar-admin topics stats says ' +
      'blockedSubscriptionOnUnackedMsgs, and unackedMessages 0): unload the topic.',
    '(4) A transaction that its producer left open holds back all behind its first message, which is reported after 2 minutes. ' +
      'pulsar-admin transactions slow-transactions -t 2m names it, and the broker ends it at its time-out.',
    '(5) Another program consumes by the same subscription, and does not acknowledge. ' +
      `pulsar-admin topics stats ${topic} names the consumers.`,
  ].join(' ');

/**
 * Tells an operator what it means and what to do.
 *
 * @param partitions those that are terminated; -1: the topic, which has none
 */
export function terminatedTopic(topic: string, partitions: readonly number[]): string {
  const names = partitions.map((partition) => (partition < 0 ? topic : `${topic}-partition-${partition}`));
  return (
    `${names.join(', ')}: nobody can publish there any more, since somebody terminated it (pulsar-admin topics terminate). All that ` +
    'was published before is recorded or a dead letter. A termination cannot be undone. To publish there again, delete it ' +
    `(${names.map((name) => `pulsar-admin topics delete -f ${name}`).join('; ')}): then the service makes it anew. What other ` +
    'subscriptions have not read of it goes with it'
  );
}
