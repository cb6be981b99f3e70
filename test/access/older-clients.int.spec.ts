import { Votes } from '../../src/live/application/votes.port.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { StandIns } from '../support/orchestrator.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { type HeaderList, JSON_BODY, RawClient } from './asked-by-node.js';

const TOKEN = 'as-it-always-was';
const CLICK =
  '{"page_url":"/albums/avengers","x":0.45,"y":0.30,"viewport_width":1440,"viewport_height":900,"scroll_y":350}';
const BATCH = '{"events":[{"event_type":"click","user_id":"u","event_id":"older-1"}]}';
const WITH_TOKEN: HeaderList = [['X-API-Token', TOKEN]];
const JSON_TYPE: HeaderList = [JSON_BODY];
/** The headers that a page of another system sends for its own purposes. */
const FOR_UPSTREAMS: HeaderList = [['Authorization', 'Bearer of-the-upstreams']];

/** The requests of the older clients of each system, as it is written in the contract; none of them knows of keys. */
const REQUESTS: readonly (readonly [string, string, HeaderList, string, number])[] = [
  ['GET', '/health', [], '', 200],
  ['GET', '/metrics', [], '', 200],
  ['GET', '/metrics?period=7d', [], '', 200],
  ['GET', '/events', [], '', 200],
  ['GET', '/events?event_type=click&limit=10', [], '', 200],
  ['GET', '/events?page_url=/albums/avengers&limit=100', [], '', 200],
  ['GET', '/events?page_url=/albums/avengers', WITH_TOKEN, '', 200],
  ['GET', '/events?page_url=/albums/avengers', [['X-API-Token', 'one of another service']], '', 200],
  ['GET', '/docs', [], '', 200],
  ['GET', '/internal/metrics', [], '', 200],
  ['POST', '/track', [...JSON_TYPE, ...WITH_TOKEN], CLICK, 201],
  ['POST', '/events', [...JSON_TYPE, ...WITH_TOKEN], BATCH, 200],
  // the live clicker
  ['POST', '/live/click', JSON_TYPE, '{"type":"cheers"}', 202],
  ['POST', '/live/click', [['Content-Type', 'text/plain;charset=UTF-8']], '{"type":"hate"}', 202],
  ['GET', '/live/data', [], '', 200],
  ['GET', '/live/stream', [], '', 200],
  ['GET', '/visualization-tools-ii/kafka-clicker', [], '', 302],
  ['GET', '/visualization-tools-ii/kafka-dashboard', [], '', 302],
  ['POST', '/visualization-tools-ii/kafka/click', JSON_TYPE, '{"type":"cheers"}', 200],
  ['POST', '/visualization-tools-ii/kafka/click', JSON_TYPE, '{"type":"fuck"}', 200],
  ['GET', '/visualization-tools-ii/kafka/data', [], '', 200],
  // the orchestrator
  ['GET', '/api/dashboard/consolidated', [], '', 200],
  ['GET', '/api/dashboard/consolidated?user_id=1', FOR_UPSTREAMS, '', 200],
  ['GET', '/api/dashboard/summary', [], '', 200],
  ['GET', '/api/dashboard/summary?user_id=1', FOR_UPSTREAMS, '', 200],
  ['GET', '/api/health/services', [], '', 200],
  ['GET', '/redoc', [], '', 302],
];
/** Without a token, where no key exists at all. */
const KEYLESS: typeof REQUESTS = [
  ['POST', '/track', JSON_TYPE, CLICK, 201],
  ['POST', '/events', JSON_TYPE, BATCH, 200],
  ['GET', '/dead-letters', [], '', 200],
];

describe('clients of the older systems', () => {
  let testDatabase: TestDatabase;
  let application: TestApplication;
  let client: RawClient;
  let standIns: StandIns;

  const start = async (token: string | null) => {
    testDatabase = await createTestDatabase();
    standIns = await StandIns.start();
    application = await startApplication(testDatabase.url, { API_TOKEN: token, ...standIns.settings });
    await application.database.connect();
    application.app.get(Votes, { strict: false }).publish = () => Promise.resolve();
    client = new RawClient(application.url);
  };
  afterEach(async () => {
    client.close();
    await application.close();
    await standIns.stop();
    await testDatabase.drop();
  });

  const answers = (requests: typeof REQUESTS) =>
    Promise.all(
      requests.map(async ([method, path, headers, body]) => [
        method,
        path,
        (await client.ask(method, path, headers, body)).status,
      ]),
    );
  const expected = (requests: typeof REQUESTS) => requests.map(([method, path, , , status]) => [method, path, status]);

  it('with only API_TOKEN all that was open is open', async () => {
    await start(TOKEN);
    expect(await answers(REQUESTS)).toEqual(expected(REQUESTS));
  });

  it('without any key everything is', async () => {
    await start(null);
    expect(await answers([...REQUESTS, ...KEYLESS])).toEqual(expected([...REQUESTS, ...KEYLESS]));
  });

  it('a key of the table closes none of the reads', async () => {
    await start(TOKEN);
    const made = await client.ask('POST', '/keys', [...JSON_TYPE, ...WITH_TOKEN], '{"role":"read","name":"grafana"}');
    expect(made.status).toBe(201);
    expect(await answers(REQUESTS)).toEqual(expected(REQUESTS));
  });
});
