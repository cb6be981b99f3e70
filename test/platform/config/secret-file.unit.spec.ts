import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidConfiguration, loadConfig } from '../../../src/platform/config/config.js';

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    loadConfig([], environment);
  } catch (error) {
    if (error instanceof InvalidConfiguration) return error.problems;
    throw error;
  }
  return [];
};

describe('a secret in a file', () => {
  let folder: string;
  const file = (name: string) => join(folder, name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'monitoreo-secrets-'));
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  });
  afterEach(async () => {
    jest.useRealTimers();
    await rm(folder, { recursive: true });
  });

  it('is read at the start, and again when it changes; while it is gone the last one holds', async () => {
    await writeFile(file('token'), 'first\n');
    await writeFile(file('address'), 'postgresql+psycopg2://u:one@h/d\n');
    const config = loadConfig([], { API_TOKEN_FILE: file('token'), DATABASE_URL_FILE: file('address') });
    expect([config.settings.API_TOKEN, config.current('API_TOKEN')]).toEqual(['first', 'first']);
    expect(config.current('DATABASE_URL')).toBe('postgresql://u:one@h/d');
    expect(config.current('PULSAR_TOKEN')).toBeNull();

    await writeFile(file('token'), 'second');
    await writeFile(file('address'), 'mysql://u:two@h/d');
    expect(config.current('API_TOKEN')).toBe('first');
    jest.advanceTimersByTime(2_000);
    expect(config.current('API_TOKEN')).toBe('second');
    expect(config.current('DATABASE_URL')).toBe('postgresql://u:one@h/d'); // what is there is no address
    await rm(file('token'));
    jest.advanceTimersByTime(2_000);
    expect(config.current('API_TOKEN')).toBe('second');
    expect(config.with({ API_TOKEN: 'third' }).current('API_TOKEN')).toBe('third');
  });

  const onPosix = process.platform === 'win32' ? it.skip : it;
  onPosix('is read from a pipe once: to read it again would wait for a writer who may never come', () => {
    execFileSync('mkfifo', [file('pipe')]);
    const writer = spawn('sh', ['-c', 'echo first > "$0"; sleep 5; echo late > "$0"', file('pipe')]);
    const config = loadConfig([], { API_TOKEN_FILE: file('pipe') });
    jest.advanceTimersByTime(2_000);
    expect(config.current('API_TOKEN')).toBe('first');
    writer.kill();
  });

  it('a public HOST takes it for a token', async () => {
    await writeFile(file('token'), 'first');
    expect(problemsOf({ HOST: '0.0.0.0', API_TOKEN_FILE: file('token') })).toEqual([]);
  });

  it('all that is wrong with it is reported with the rest, and never shown', async () => {
    await writeFile(file('empty'), '\n');
    await writeFile(file('canary'), 'mysql://u:canary@h/d');
    const problems = problemsOf({
      PORT: 'x',
      API_TOKEN: 'canary',
      API_TOKEN_FILE: file('empty'),
      DATABASE_URL_FILE: file('canary'),
      PULSAR_TOKEN_FILE: file('none'),
    });
    expect(problems).toEqual([
      'PORT must be a whole number from 0 to 65535 (is "x")',
      'API_TOKEN_FILE must be unset, as API_TOKEN is set',
      'DATABASE_URL_FILE must be an address that starts with postgresql:// or postgres://',
      'PULSAR_TOKEN_FILE must be a file that can be read (ENOENT)',
    ]);
    expect(problemsOf({ API_TOKEN_FILE: file('empty') })).toEqual(['API_TOKEN_FILE must be a file that is not empty']);
    expect(problems.join()).not.toContain('u:canary');
  });
});
