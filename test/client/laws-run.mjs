/**
 * Records so many events in each turn, and tells what came of them and what was asked when. Runs in Node and in a page alike, so
 * that it is JavaScript. Time goes `speed` times as fast.
 *
 * @param {{ FailoverClient: any, primary: string, secondary: string, turns: number[], speed: number }} run
 */
export async function run({ FailoverClient, primary, secondary, turns, speed }) {
  const log = [];
  const nameOf = (url) => (url.startsWith(primary) ? 'a' : 'b');
  const failures = { a: 0, b: 0 };
  const fetched = globalThis.fetch;
  globalThis.fetch = async (url, init) => {
    const to = nameOf(url);
    const what = init.method === 'POST' ? 'post' : 'probe';
    let state = 'asked';
    log.push({ to, what, state });
    const end = (how) => {
      // Time may run out between the head of an answer and its body: then the client has none.
      if (state === 'failed') return;
      state = how;
      log.push({ to, what, state });
      if (state === 'failed') failures[to] += 1;
    };
    init.signal.addEventListener('abort', () => end('failed'));
    try {
      const answer = await fetched(url, init);
      const works = answer.status < 500 && (what === 'probe' || answer.status !== 200 || (await isVerdict(answer)));
      end(works ? 'answered' : 'failed');
      // The client hears of it within this turn of the event loop; unless a post that went out at once has failed before.
      const before = failures[to];
      const know = () => failures[to] === before && log.push({ to, what, state: 'known' });
      if (what === 'probe' && works) setTimeout(know);
      return answer;
    } catch (error) {
      end('failed');
      throw error;
    }
  };
  const host = {
    now: () => Date.now(),
    after: (milliseconds, call) => {
      const timer = setTimeout(call, milliseconds / speed);
      return () => clearTimeout(timer);
    },
    randomBytes: (count) => globalThis.crypto.getRandomValues(new Uint8Array(count)),
  };
  const client = new FailoverClient({ primary, secondary, host, batchEvents: 4 });
  try {
    const outcomes = [];
    for (const [turn, count] of turns.entries()) {
      const events = Array.from({ length: count }, (_, at) => ({ page_url: `/${turn}/${at}` }));
      outcomes.push(...(await Promise.all(events.map((event) => client.record(event)))));
    }
    return { outcomes, log, statistics: client.statistics };
  } finally {
    client.close();
    globalThis.fetch = fetched;
  }
}

/** A sign-in page is 200 as well. */
const isVerdict = (answer) =>
  answer
    .clone()
    .json()
    .then(
      ({ results }) => results !== undefined,
      () => false,
    );
