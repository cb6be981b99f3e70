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
