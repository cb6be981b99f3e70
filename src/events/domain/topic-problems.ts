/** A topic is stalled if nothing moves for so long while messages wait. A broker that restarts is back in half of this time. */
export const STALLED_AFTER_MS = 30_000;

/** Tells an operator what it means and what to do, without a figure that moves. */
export const stalledTopic = (topic: string): string =>
  `messages of ${topic} wait, and for ${STALLED_AFTER_MS / 1000} s the broker has delivered none of them. Over WebSocket a message ` +
  'without a value (null, as Java clients can publish it) does that, or a batch that holds fewer messages than it claims: the ' +
  "broker's WebSocket service fails at it and holds back all behind it. Consume by Pulsar's own protocol, which makes a dead letter of " +
  'it (PULSAR_SERVICE_URL=pulsar://… ' +
  'and PULSAR_CLIENT unset); or look at the ' +
  `first that waits (pulsar-admin topics peek-messages -s SUBSCRIPTION ${topic}), skip it (pulsar-admin topics skip -n 1 ` +
  `-s SUBSCRIPTION ${topic}), then restart the service. By Pulsar's own protocol: a broker up to 4.0 withholds what lies behind a chunk ` +
  `whose beginning is gone, or that came twice, until the topic is unloaded (pulsar-admin topics unload ${topic}). Every broker withholds ` +
  'a batch that claims to hold 0 messages or fewer, at times with what lies beside it; and a broker sends nothing more to a ' +
  'consumer that holds as many unacknowledged messages as it allows, such as chunks whose rest does not come (given up after ' +
  '10 minutes). A transaction that its producer left open holds back all that was published behind its first message, which is ' +
  'reported after 2 minutes: pulsar-admin transactions slow-transactions -t 2m names it, and the broker ends it at its time-out. ' +
  `Another program that consumes by the same subscription keeps what it does not acknowledge (pulsar-admin topics stats ${topic} names ` +
  'its consumers). Where it stalls again after unloading, look at the first that waits and skip it (pulsar-admin topics skip), as ' +
  'above: no restart is needed then.';

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
