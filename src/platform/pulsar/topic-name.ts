/** A topic's name, taken apart. `full` is what other parts of the service store and compare. */
export interface TopicName {
  readonly tenant: string;
  readonly namespace: string;
  readonly topic: string;
  /** `persistent://tenant/namespace/topic`: the parent of a partitioned topic, never a partition. */
  readonly full: string;
}

/** A name that `parseTopicName` refuses. */
export class InvalidTopicName extends Error {
  override readonly name = 'InvalidTopicName';
  /** @param rule that it breaks, as what to write instead. */
  constructor(
    topic: string,
    readonly rule: string,
  ) {
    super(`topic "${topic}": ${rule}`);
  }
}

const SCHEME = 'persistent://';
// Pulsar's own rule for tenants and namespaces (NamedEntity).
const ENTITY = /^[-=:.\w]+$/;

/**
 * Reads `clicks`, `tenant/namespace/clicks` or `persistent://tenant/namespace/clicks`; the short form lies in
 * `public/default`. A trailing `-partition-N` names a part of a topic and is dropped.
 * @throws InvalidTopicName that says what to write instead
 */
export function parseTopicName(name: string): TopicName {
  const text = name.trim();
  if (text.startsWith('non-persistent://'))
    throw new InvalidTopicName(
      name,
      'a non-persistent topic loses messages; write persistent://tenant/namespace/topic',
    );
  const parts = (text.startsWith(SCHEME) ? text.slice(SCHEME.length) : text).split('/');
  if (parts.length === 1 && !text.startsWith(SCHEME)) parts.unshift('public', 'default');
  const [tenant = '', namespace = '', last = ''] = parts;
  if (parts.length !== 3)
    throw new InvalidTopicName(name, 'write a short name such as clicks, or persistent://tenant/namespace/topic');
  if (!ENTITY.test(tenant) || !ENTITY.test(namespace))
    throw new InvalidTopicName(name, 'tenant and namespace take letters, digits and - = : . _ only');
  const topic = last.replace(/-partition-\d+$/, '');
  if ([tenant, namespace, topic].some((part) => /^\.{1,2}$/.test(part)))
    throw new InvalidTopicName(name, 'no part may be . or .., which a web address loses');
  if (topic === '' || /[\s\p{Cc}]/u.test(topic))
    throw new InvalidTopicName(name, 'the last part must be a name without blanks and control characters');
  return { tenant, namespace, topic, full: `${SCHEME}${tenant}/${namespace}/${topic}` };
}
