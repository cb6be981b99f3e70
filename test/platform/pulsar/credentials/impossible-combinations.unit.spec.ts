import { loadConfig, type InvalidConfiguration } from '../../../../src/platform/config/config.js';

const OAUTH2 = {
  PULSAR_OAUTH2_ISSUER_URL: 'https://issuer.example/tenant',
  PULSAR_OAUTH2_CLIENT_ID: 'monitoreo',
  PULSAR_OAUTH2_CLIENT_SECRET: 'canary',
};

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig([], environment);
    return [];
  } catch (error) {
    return (error as InvalidConfiguration).problems;
  }
}

test.each<[string, Record<string, string>]>([
  ['OAuth 2.0', OAUTH2],
  ['OAuth 2.0 by name', { ...OAUTH2, PULSAR_CLIENT: 'direct' }],
  ['an issuer on this machine', { ...OAUTH2, PULSAR_OAUTH2_ISSUER_URL: 'http://[::1]:80/x', PULSAR_CLIENT: 'direct' }],
  ['WebSocket by name', { PULSAR_SERVICE_URL: 'ws://h:8080', PULSAR_CLIENT: 'websocket', PULSAR_TOKEN: 'x' }],
])('%s is taken', (_, environment) => {
  expect(problemsOf(environment)).toEqual([]);
});

test.each<[string, Record<string, string>, string | RegExp]>([
  [
    'OAuth 2.0 over WebSocket',
    { ...OAUTH2, PULSAR_CLIENT: 'websocket' },
    'PULSAR_CLIENT must be direct, or unset, with PULSAR_OAUTH2_ISSUER_URL: no other asks an issuer for tokens, and it speaks to pulsar:// and pulsar+ssl:// alone',
  ],
  ['OAuth 2.0 by a WebSocket address', { ...OAUTH2, PULSAR_SERVICE_URL: 'wss://h' }, /^PULSAR_CLIENT must be direct/],
  ['OAuth 2.0 with the native library', { ...OAUTH2, PULSAR_CLIENT: 'native' }, /^PULSAR_CLIENT must be direct/],
  [
    'OAuth 2.0 beside a token',
    { ...OAUTH2, PULSAR_CLIENT: 'direct', PULSAR_TOKEN: 'x' },
    /^PULSAR_TOKEN must be unset/,
  ],
  [
    'half of OAuth 2.0',
    { PULSAR_OAUTH2_CLIENT_ID: 'm', PULSAR_CLIENT: 'direct' },
    'PULSAR_OAUTH2_ISSUER_URL, PULSAR_OAUTH2_CLIENT_ID and PULSAR_OAUTH2_CLIENT_SECRET must be set together, or none of them',
  ],
  [
    'an issuer without TLS',
    { ...OAUTH2, PULSAR_OAUTH2_ISSUER_URL: 'http://issuer.example', PULSAR_CLIENT: 'direct' },
    /^PULSAR_OAUTH2_ISSUER_URL must be an issuer's address: https:/,
  ],
  [
    'direct for ws://',
    { PULSAR_CLIENT: 'direct', PULSAR_SERVICE_URL: 'ws://h' },
    /^PULSAR_CLIENT=direct speaks to pulsar:/,
  ],
  ['native for wss://', { PULSAR_CLIENT: 'native', PULSAR_SERVICE_URL: 'wss://h' }, /^PULSAR_CLIENT=native speaks to/],
])('%s is refused at start, with what can', (_, environment, problem) => {
  const problems = problemsOf(environment);
  expect(problems.filter((each) => (typeof problem === 'string' ? each === problem : problem.test(each)))).toHaveLength(
    1,
  );
  expect(problems.join()).not.toContain('canary');
});
