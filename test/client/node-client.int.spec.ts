import { FailoverClient } from '../../src/client/failover/failover-client.js';
import { eventually } from '../support/waiting.js';
import { useService } from '../support/used-service.js';
import { FailingRegion, FAILURES } from './failing-region.js';

const TOKEN = 'a-token-of-32-characters-or-more';
const EVENTS = 40;
const PATIENCE_MS = 30_000;

describe('FailoverClient in Node, with a service behind a region that fails', () => {
  const service = useService({ API_TOKEN: TOKEN }, Date.now());
  let primary: FailingRegion;
  let client: FailoverClient;

  beforeEach(async () => {
    primary = await FailingRegion.before(service.url);
  });
  afterEach(() => {
    client.close();
    primary.close();
  });

  const started = (key: string, secondaryKey?: string) => {
    // Long enough for a busy machine's answer.
    const timeoutMs = 5_000;
    const addresses = { primary: primary.url, secondary: service.url };
    client = new FailoverClient({ ...addresses, key, secondaryKey, timeoutMs, batchEvents: 10 });
    return (user_id: string) =>
      Promise.all(
        Array.from({ length: EVENTS }, (_, at) =>
          client.record({ event_type: 'conversion', user_id, conversion_type: `step-${at}` }),
        ),
      );
  };
  const recorded = async (user: string) =>
    (
      await service.database.writers().query<{ events: number; steps: number }>({
        text: `select count(*)::int as events, count(distinct conversion_type)::int as steps from events where user_id = $1`,
        values: [user],
      })
    ).rows[0];

  it.each(FAILURES)(
    'while it %s every event is recorded once; then it is asked again',
    async (failure) => {
      primary.failure = failure;
      const record = started(TOKEN);
      const outcomes = await record(failure);
      expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['recorded']));
      expect(await recorded(failure)).toEqual({ events: EVENTS, steps: EVENTS });
      // After one failure nobody waits for it.
      expect(primary.posts.filter((one) => one !== null)).toEqual([failure]);
      primary.failure = null;
      const before = primary.passedOn;
      const isBack = async () => {
        await client.record({ event_type: 'conversion', user_id: `${failure}-later`, conversion_type: 'late' });
        return primary.passedOn > before;
      };
      await eventually(isBack, { within: PATIENCE_MS, what: 'events go to the first region' });
    },
    PATIENCE_MS * 2,
  );

  it('the secondary has a key of its own', async () => {
    primary.failure = FAILURES[0];
    const record = started('a-key-of-the-primary', TOKEN);
    const outcomes = await record('own');
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['recorded']));
    expect(await recorded('own')).toEqual({ events: EVENTS, steps: EVENTS });
  });

  it('a wrong key is refused once, not tried elsewhere', async () => {
    const record = started('no-key-of-anybody');
    const outcomes = await record('nobody');
    expect(new Set(outcomes.map(({ status, code }) => `${status} ${code}`))).toEqual(
      new Set(['rejected unauthorized']),
    );
    expect(client.statistics.regions[service.url]).toMatchObject({ attempts: 0 });
    expect(await recorded('nobody')).toEqual({ events: 0, steps: 0 });
  });
});
