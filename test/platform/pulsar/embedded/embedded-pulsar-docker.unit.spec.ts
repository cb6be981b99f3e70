import { runArguments } from '../../../../src/platform/pulsar/embedded/embedded-pulsar-docker.js';

test('docker run publishes on loopback alone, on the ports the broker itself advertises', () => {
  const line = runArguments(
    'name',
    { broker: 17_001, web: 17_002 },
    { heapMb: 192, extraConfiguration: { a: 'b' } },
  ).join(' ');
  expect(line).toContain('--publish 127.0.0.1:17001:17001 --publish 127.0.0.1:17002:17002');
  expect(line).toContain('--env PULSAR_PREFIX_brokerServicePort=17001 --env PULSAR_PREFIX_webServicePort=17002');
  expect(line).toContain('--env PULSAR_PREFIX_advertisedAddress=127.0.0.1');
  expect(line).toContain('--env PULSAR_PREFIX_a=b');
  expect(line).toContain('--volume name:/pulsar/data');
  expect(line).not.toContain('0.0.0.0');
});
