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
    expect(loadConfig(slices, { HEATMAP_API_TOKEN: 'old', API_TOKEN: 'new' }).settings.API_TOKEN).toBe('new');
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
