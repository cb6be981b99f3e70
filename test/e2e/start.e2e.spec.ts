import { connect } from 'node:net';
import { getJson } from './metrics.js';
import { OwnClone } from './own-clone.js';

/** The service has 10 s; its PostgreSQL ends after it. */
const ENDED_MS = 15_000;

const postgresPort = (output: string): number => {
  const port = /PostgreSQL: started on port (\d+)/.exec(output)?.[1];
  if (port === undefined) throw new Error(`no PostgreSQL was started:\n${output}`);
  return Number(port);
};

const listens = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

describe('npm start on a machine without Docker and Java', () => {
  let clone: OwnClone;

  beforeAll(async () => {
    clone = await OwnClone.make();
  }, 60_000);

  afterAll(() => clone.kill());

  test('serves HTTP with a PostgreSQL of its own, says what is missing, and Ctrl-C ends what it started, as does SIGTERM to npm; the next start has the data', async () => {
    await clone.start();
    expect(clone.output).toMatch(/^Pulsar cannot run here: .*Docker.*Java.*PULSAR_SERVICE_URL/m);
    expect(clone.output).toContain(`monitoreo is ready on ${clone.url}`);
    expect(clone.output).not.toMatch(/Installing|Building/);
    expect(await getJson(`${clone.url}/health`)).toMatchObject({
      status: 'degraded',
      components: {
        postgresql: { status: 'up' },
        pulsar: { status: 'off', reason: expect.stringMatching(/Docker.*Java/) as string },
      },
    });
    const events = [{ event_type: 'click', event_id: 'first-start', user_id: 'u' }];
    const recorded = await fetch(`${clone.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
    });
    expect(await recorded.json()).toMatchObject({ results: [{ status: 'recorded' }] });

    const port = postgresPort(clone.output);
    expect(await listens(port)).toBe(true);
    expect(await clone.interrupt(ENDED_MS)).toBe(0);
    expect(await listens(port)).toBe(false);

    await clone.start();
    expect(clone.output).not.toContain('Making a PostgreSQL cluster');
    expect(await getJson(`${clone.url}/events`)).toMatchObject({ events: [{ event_id: 'first-start' }] });
    expect(await clone.interrupt(ENDED_MS)).toBe(0);
    expect(await listens(postgresPort(clone.output))).toBe(false);

    await clone.start();
    expect(await clone.terminate(ENDED_MS)).toBe(0);
    expect(clone.output).toContain('SIGTERM: finishing what is in flight');
    expect(await listens(postgresPort(clone.output))).toBe(false);
  }, 120_000);
});
