import { InvalidConfiguration, loadConfig } from '../../../src/platform/config/config.js';
import * as catalogue from '../../../src/slices.js';

const slices = Object.values(catalogue);

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    loadConfig(slices, environment);
  } catch (error) {
    if (error instanceof InvalidConfiguration) return error.problems;
    throw error;
  }
  return [];
};

describe('configuration', () => {
  it('has a default for everything', () => {
    const { settings } = loadConfig(slices, {});
    expect(settings).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 8082,
      PULSAR_CLUSTER: 'standalone',
      PULSAR_SUBSCRIPTION: 'monitoreo',
    });
    expect(settings).toMatchObject({
      DATABASE_URL: null,
      PULSAR_SERVICE_URL: null,
      API_TOKEN: null,
      MAX_EVENT_AGE_DAYS: 400,
    });
  });

  it('reports all wrong values together, each with its name and what it should be', () => {
    expect(
      problemsOf({
        PORT: '80a',
        DEBUG: 'maybe',
        PULSAR_SUBSCRIPTION_TYPE: 'Exclusive',
        DATABASE_URL: 'mysql://u:hidden@h/d',
      }),
    ).toEqual([
      'DEBUG must be true or false (is "maybe")',
      'PORT must be a whole number from 0 to 65535 (is "80a")',
      'DATABASE_URL must be an address that starts with postgresql:// or postgres://',
      'PULSAR_SUBSCRIPTION_TYPE must be one of Shared, Failover (is "Exclusive")',
    ]);
  });

  it('reports all that is wrong with EVENT_SYNONYMS beside the others', () => {
    const [port, synonyms, ...others] = problemsOf({
      PORT: '80a',
      EVENT_SYNONYMS: 'user_id=session_id,refund.amount=total,amounts=total',
    });
    expect(others).toEqual([]);
    expect(port).toContain('PORT must be');
    for (const part of ['EVENT_SYNONYMS must be pairs', 'session_id is a field itself', 'refund', 'amounts']) {
      expect(synonyms).toContain(part);
    }
  });

  it.each(['0.0.0.0', '192.168.1.7', '::', 'metrics.example'])('refuses the public host %s without a token', (HOST) => {
    expect(problemsOf({ HOST })).toHaveLength(1);
    expect(problemsOf({ HOST })[0]).toContain('API_TOKEN must be set');
    expect(problemsOf({ HOST, API_TOKEN: 'secret' })).toEqual([]);
    expect(problemsOf({ HOST, ALLOW_ANONYMOUS: 'true' })).toEqual([]);
  });

  it.each(['127.0.0.1', '127.0.0.53', 'localhost', '::1'])('takes %s for private', (HOST) => {
    expect(problemsOf({ HOST })).toEqual([]);
  });

  it.each([
    [{ PULSAR_HOST: 'broker' }, 'pulsar://broker:6650'],
    [{ BROKER_HOST: 'broker:6651' }, 'pulsar://broker:6651'],
    [{ PULSAR_HOST: 'broker', PULSAR_SERVICE_URL: 'ws://other:8080' }, 'ws://other:8080'],
    [{ PULSAR_HOST: '[::1]' }, 'pulsar://[::1]:6650'],
    [{ PULSAR_HOST: 'a:6650,b:6650' }, 'pulsar://a:6650,b:6650'],
    [{ PULSAR_SERVICE_URL: 'pulsar+ssl://broker:6651' }, 'pulsar+ssl://broker:6651'],
  ])('%j means the broker %s', (environment, expected) => {
    expect(loadConfig(slices, environment).settings.PULSAR_SERVICE_URL).toBe(expected);
  });

  it.each([
    ['postgresql+psycopg2://u:p@h:5433/d', 'postgresql://u:p@h:5433/d'],
    ['postgres://u:p@h/d', 'postgres://u:p@h/d'],
  ])('reads the database address %s', (given, expected) => {
    expect(loadConfig(slices, { DATABASE_URL: given }).settings.DATABASE_URL).toBe(expected);
  });

  it('takes a synonym, and the variable itself before it', () => {
    const older = { UVICORN_HOST: '::1', UVICORN_PORT: '9000' };
    expect(loadConfig(slices, older).settings).toMatchObject({ HOST: '::1', PORT: 9000 });
    const both = { ...older, HOST: 'localhost', PORT: '9001' };
    expect(loadConfig(slices, both).settings).toMatchObject({ HOST: 'localhost', PORT: 9001 });
    expect(() => loadConfig(slices, { UVICORN_HOST: '0.0.0.0', UVICORN_PORT: 'x' })).toThrow(
      /UVICORN_PORT must be a whole number.*HOST 0\.0\.0\.0 is public/s,
    );
    expect(loadConfig(slices, { HEATMAP_API_TOKEN: 'old' }).settings.API_TOKEN).toBe('old');
  });

  it.each([
    ['API_TOKEN', 'HEATMAP_API_TOKEN'],
    ['PULSAR_HOST', 'BROKER_HOST'],
  ])('refuses %s and %s with two values: nobody could tell which one counts', (name, synonym) => {
    expect(problemsOf({ [synonym]: 'canary-1', [name]: 'canary-2' })).toEqual([
      `${name} and ${synonym} must have the same value, or only one of them any: they are two names of one variable`,
    ]);
    expect(problemsOf({ [synonym]: 'canary', [name]: 'canary' })).toEqual([]);
    expect(problemsOf({ [synonym]: 'canary', [name]: '' })).toEqual([]);
  });

  it.each(['contraseña', 'ключ', '🔑', 'two\nlines', 'tab\there', ' blank before', 'blank behind ', '\u007f'])(
    'refuses the token %j, which no header can carry, and does not show it',
    (token) => {
      const names = ['API_TOKEN', 'HEATMAP_API_TOKEN', 'PULSAR_TOKEN'];
      const must = 'must be printable ASCII without blanks at its ends: it is sent in a header';
      expect(names.flatMap((name) => problemsOf({ [name]: token }))).toEqual(names.map((name) => `${name} ${must}`));
    },
  );

  it.each(['s', 'correct horse battery staple', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'])(
    'takes the token %j',
    (token) => {
      expect(loadConfig(slices, { API_TOKEN: token }).settings.API_TOKEN).toBe(token);
    },
  );

  it('reports everything that is wrong with Pulsar together, and shows no secret', () => {
    const problems = problemsOf({
      PULSAR_SERVICE_URL: 'pulsar://user:canary@broker:6650',
      PULSAR_WEB_URL: 'https://user:canary@broker:8443',
      PULSAR_HOST: 'user:canary@broker',
      PULSAR_TLS_CA_FILE: '/nowhere/ca.pem',
      PULSAR_TOPIC_CLICKS: 'public/clicks',
      PULSAR_TOPIC_SALES: 'persistent://public/default/..',
      PULSAR_SUBSCRIPTION: '..',
    });
    expect(problems).toEqual([
      'PULSAR_SERVICE_URL must be an address without user and password: a token is PULSAR_TOKEN',
      'PULSAR_HOST must be a host such as broker, broker:6650 or [::1]; a whole address is PULSAR_SERVICE_URL',
      'PULSAR_WEB_URL must be an address without user and password: a token is PULSAR_TOKEN',
      'PULSAR_TLS_CA_FILE must be a file that can be read (ENOENT) (is "/nowhere/ca.pem")',
      expect.stringMatching(/^PULSAR_TOPIC_CLICKS must be a topic's name: .* \(is "public\/clicks"\)$/),
      expect.stringMatching(/^PULSAR_TOPIC_SALES must be a topic's name: /),
      expect.stringMatching(/^PULSAR_SUBSCRIPTION must be /),
    ]);
    expect(problems.join()).not.toContain('canary');
  });

  it.each([
    ['PULSAR_TLS_CA_FILE', '.', 'a file that can be read (EISDIR)'],
    ['PULSAR_TLS_CA_FILE', 'package.json', 'a PEM file with a certificate'],
    ['PULSAR_SERVICE_URL', 'pulsar://a:6650,b:port', 'pulsar://host:6650'],
    ['PULSAR_SERVICE_URL', 'ws://host:99999', 'pulsar://host:6650'],
    ['PULSAR_SERVICE_URL', 'ws://h:8080/?token=canary', 'without ? and #'],
    ['PULSAR_WEB_URL', 'http://h:8080?token=canary', 'without ? and #'],
    ['PULSAR_WEB_URL', 'ws://h:8080', 'http://host:8080 or https://host:8443'],
    ['PULSAR_HOST', 'pulsar://broker:6650', 'a host such as'],
    ['BROKER_HOST', 'broker/path', 'a host such as'],
    ['PULSAR_HOST', '::1', 'a host such as'],
  ])('refuses %s=%s', (name, value, must) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toEqual([expect.stringContaining(`${name} must be`)]);
    expect(problems[0]).toContain(must);
    expect(problems[0]).not.toContain('canary');
  });

  it.each([
    [{ PULSAR_TOPIC_CLICKS: 'sales' }, ['CLICKS', 'SALES'], 'sales'],
    [{ PULSAR_TOPIC_CONVERSIONS: 'persistent://public/default/clicks' }, ['CLICKS', 'CONVERSIONS'], 'clicks'],
    [{ PULSAR_TOPIC_CLICKS: 'public/default/e', PULSAR_TOPIC_SALES: 'e' }, ['CLICKS', 'SALES'], 'e'],
    [{ PULSAR_TOPIC_SALES: 'conversions-partition-3' }, ['CONVERSIONS', 'SALES'], 'conversions'],
  ])('refuses two types on one topic: %j', (environment, [one, other], topic) => {
    expect(problemsOf(environment as Record<string, string>)).toEqual([
      `PULSAR_TOPIC_${one} and PULSAR_TOPIC_${other} must be different topics: the topic decides the type of an event (now persistent://public/default/${topic})`,
    ]);
  });

  it('refuses three types on one topic, beside what else is wrong', () => {
    const problems = problemsOf({
      PORT: '80a',
      PULSAR_TOPIC_CLICKS: 'events',
      PULSAR_TOPIC_CONVERSIONS: 'public/default/events',
      PULSAR_TOPIC_SALES: 'persistent://public/default/events',
    });
    expect(problems).toEqual([
      expect.stringContaining('PORT must be'),
      expect.stringContaining(
        'PULSAR_TOPIC_CLICKS and PULSAR_TOPIC_CONVERSIONS and PULSAR_TOPIC_SALES must be different topics',
      ),
    ]);
  });

  it('takes an empty value for unset', () => {
    expect(loadConfig(slices, { PORT: '', DATABASE_URL: '' }).settings).toMatchObject({
      PORT: 8082,
      DATABASE_URL: null,
    });
  });

  it('never shows a secret', () => {
    const text = problemsOf({
      DATABASE_URL: 'mysql://u:canary@h/d',
      PULSAR_TOKEN: 'canary',
      API_TOKEN: 'canary',
      PORT: 'x',
    }).join();
    expect(text).not.toContain('canary');
  });

  it.each([
    [{}, 'info'],
    [{ DEBUG: 'true' }, 'debug'],
    [{ DEBUG: 'true', LOG_LEVEL: 'warn' }, 'warn'],
  ])('%j logs at %s', (environment, level) => {
    expect(loadConfig(slices, environment as Record<string, string>).logLevel).toBe(level);
  });
});
