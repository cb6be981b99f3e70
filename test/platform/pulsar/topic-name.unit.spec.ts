import { parseTopicName } from '../../../src/platform/pulsar/topic-name.js';

describe('parseTopicName', () => {
  it.each([
    ['clicks', 'public', 'default', 'clicks'],
    [' clicks ', 'public', 'default', 'clicks'],
    ['acme/shop/clicks', 'acme', 'shop', 'clicks'],
    ['persistent://acme/shop/clicks', 'acme', 'shop', 'clicks'],
    ['persistent://acme/shop/clicks-partition-12', 'acme', 'shop', 'clicks'],
    ['clicks-partition-0', 'public', 'default', 'clicks'],
    ['clicks-partition-x', 'public', 'default', 'clicks-partition-x'],
    ['persistent://a-1/b.c=d:e_f/Ünï %2F', 'a-1', 'b.c=d:e_f', null],
    ['persistent://a-1/b.c=d:e_f/Ünï%2F', 'a-1', 'b.c=d:e_f', 'Ünï%2F'],
  ])('%s', (name, tenant, namespace, topic) => {
    if (topic === null) expect(() => parseTopicName(name)).toThrow('without blanks');
    else
      expect(parseTopicName(name)).toEqual({
        tenant,
        namespace,
        topic,
        full: `persistent://${tenant}/${namespace}/${topic}`,
      });
  });

  it.each([
    ['', 'must be a name'],
    ['persistent://clicks', 'write a short name such as clicks, or persistent://tenant/namespace/topic'],
    ['shop/clicks', 'write a short name'],
    ['a/cluster/b/clicks', 'write a short name'],
    ['persistent://a/b/', 'must be a name'],
    ['persistent://a b/c/d', 'tenant and namespace take'],
    ['-partition-3', 'must be a name'],
    ['non-persistent://public/default/clicks', 'write persistent://'],
    ['..', 'no part may be . or ..'],
    ['persistent://public/./clicks', 'no part may be . or ..'],
    ['../default/clicks', 'no part may be . or ..'],
    ['..-partition-1', 'no part may be . or ..'],
    ['cli\u0000cks', 'control characters'],
  ])('refuses %j', (name, says) => {
    expect(() => parseTopicName(name)).toThrow(says);
  });
});
