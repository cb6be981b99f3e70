import { connect, type Socket } from 'node:net';
import { load } from 'js-yaml';
import { Client } from 'pg';
import { Telemetry } from '../../../src/platform/observability/telemetry.js';
import { eventually } from '../../support/waiting.js';
import { useService } from '../../support/used-service.js';

describe('requests sent without waiting for the answers before', () => {
  const service = useService({ READ_TIMEOUT_MS: 20_000 });

  const send = (path: string, count: number, behind = '') => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    let heard = '';
    socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
    socket.on('error', () => undefined); // cut off in the middle
    socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`.repeat(count) + behind);
    const heardOf = (status: number) => heard.split(`HTTP/1.1 ${status}`).length - 1;
    return { socket, heard: () => heard, answers: () => heardOf(200), refusals: () => heardOf(503) };
  };

  const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

  /** While its transaction is open, no list of events is answered. */
  const held = async () => {
    const holder = new Client({ connectionString: service.databaseUrl });
    await holder.connect();
    await holder.query('begin; lock table events in access exclusive mode');
    return holder;
  };

  it('are answered, tens of them', async () => {
    const { socket, answers } = send('/health/live', 60);
    await eventually(() => expect(answers()).toBe(60), { within: 10_000, what: 'all are answered' });
    socket.destroy();
  });

  it('have the API document written once, as JSON and as YAML', async () => {
    const asked = async (path: string) => await (await fetch(service.url + path)).text();
    const json = await asked('/docs-json');
    expect(load(await asked('/docs-yaml'))).toEqual(JSON.parse(json));
    const written = jest.spyOn(JSON, 'stringify');
    expect(await Promise.all(Array.from({ length: 20 }, () => asked('/docs-json')))).toEqual(Array(20).fill(json));
    const documents = written.mock.calls.filter(([value]) => (value as { openapi?: string } | null)?.openapi);
    written.mockRestore();
    expect(documents).toEqual([]);
  });

  it('share one reading of the metrics for Prometheus', async () => {
    const { registry } = service.app.get(Telemetry, { strict: false });
    const reading = jest.spyOn(registry, 'metrics');
    const { socket, answers } = send('/internal/metrics', 60);
    await eventually(() => expect(answers()).toBe(60), { within: 10_000, what: 'all are answered' });
    expect(reading.mock.calls.length).toBeLessThan(10);
    reading.mockRestore();
    socket.destroy();
  });

  it.each([101, 2_000])('cost the connection when %i wait for their answers, and nobody else', async (count) => {
    const holder = await held();
    const { socket, answers } = send('/events', count);
    await closed(socket);
    expect(answers()).toBe(0);
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    await holder.query('rollback');
    await holder.end();
    expect((await fetch(`${service.url}/events`)).status).toBe(200);
  });

  it('are 503 from the 501st on that waits behind another, over all connections', async () => {
    const holder = await held();
    const full = Array.from({ length: 6 }, () => send('/events', 90));
    // The first request of a connection waits behind none: 6 and 500 are let in, 34 of 540 are not.
    const refused = () => full.reduce((sum, { refusals }) => sum + refusals(), 0);
    const alone = fetch(`${service.url}/health/live`);
    expect((await alone).status).toBe(200);
    await holder.query('rollback');
    await holder.end();
    await eventually(() => expect(refused()).toBeGreaterThanOrEqual(34), { within: 10_000, what: 'some are refused' });
    await eventually(
      () => expect(full.reduce((sum, { answers, refusals }) => sum + answers() + refusals(), 0)).toBe(540),
      { within: 10_000, what: 'each has an answer' },
    );
    for (const { socket } of full) socket.destroy();
    const { socket, answers } = send('/events', 60);
    await eventually(() => expect(answers()).toBe(60), { within: 10_000, what: 'there is room again' });
    socket.destroy();
  });

  it.each([
    ['have an address that is none', 'GET /%zz HTTP/1.1\r\nhost: localhost\r\n\r\n'],
    ['expect what there is not', 'GET / HTTP/1.1\r\nhost: localhost\r\nexpect: tea\r\n\r\n'],
  ])('cost the connection also when they %s', async (_what, request) => {
    const holder = await held();
    const { socket, heard } = send('/events', 1, request.repeat(150));
    await closed(socket);
    expect(heard()).toBe('');
    await holder.end();
  });

  it('cost the connection also when they are refused, and in all when too many of them wait', async () => {
    const holder = await held();
    const full = Array.from({ length: 6 }, () => send('/events', 90));
    await fetch(`${service.url}/health/live`); // they have come
    await closed(send('/events', 150).socket);
    const more = Array.from({ length: 30 }, () => send('/events', 90).socket);
    const cut = () => more.filter(({ destroyed }) => destroyed).length;
    await eventually(() => expect(cut()).toBeGreaterThan(0), { within: 10_000, what: 'some are cut' });
    expect(cut()).toBeLessThan(30);
    for (const socket of [...full.map(({ socket }) => socket), ...more]) socket.destroy();
    await holder.end();
  });
});
