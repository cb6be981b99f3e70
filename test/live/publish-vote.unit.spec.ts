import { RejectedEvent } from '../../src/events/domain/rejection.js';
import {
  PublishVoteCommand,
  PublishVoteHandler,
  type VoteFields,
} from '../../src/live/application/publish-vote.command.js';
import { VoteNotTaken, Votes } from '../../src/live/application/votes.port.js';
import { loadConfig } from '../../src/platform/config/config.js';
import { slices, TestClock } from '../support/application.js';
import { TEST_TIME } from '../support/events.js';

const config = loadConfig(slices, {});

class MemoryVotes extends Votes {
  away = false;
  readonly published: Record<string, unknown>[] = [];

  publish(payload: Buffer): Promise<void> {
    if (this.away) return Promise.reject(new VoteNotTaken('the broker is away'));
    this.published.push(JSON.parse(payload.toString()) as Record<string, unknown>);
    return Promise.resolve();
  }
}

describe('a vote', () => {
  let votes: MemoryVotes;
  beforeEach(() => (votes = new MemoryVotes()));

  const publish = (fields: VoteFields = {}) =>
    new PublishVoteHandler(votes, new TestClock(TEST_TIME), config).execute(new PublishVoteCommand('cheers', fields));

  it('is published as a click with its reaction, under the id that the voter is told', async () => {
    const { eventId } = await publish();
    expect(votes.published).toEqual([{ event_id: eventId, reaction: 'cheers' }]);
    const fields = { event_id: 'v-1', user_id: 'u-1', session_id: 's-1', page_url: '/a' };
    expect(await publish(fields)).toEqual({ eventId: 'v-1' });
    expect(votes.published[1]).toEqual({ ...fields, reaction: 'cheers' });
  });

  it('without an id gets one that no other vote has', async () => {
    const [one, other] = await Promise.all([publish(), publish({ event_id: null })]);
    expect(one.eventId).not.toBe(other.eventId);
  });

  it('that would not be recorded is refused, and not published', async () => {
    for (const fields of [{ user_id: '' }, { event_id: 1 }, { page_url: 'x'.repeat(3_000) }]) {
      await expect(publish(fields)).rejects.toThrow(RejectedEvent);
    }
    expect(votes.published).toEqual([]);
  });

  it('that the broker did not take is not told as taken', async () => {
    votes.away = true;
    await expect(publish()).rejects.toThrow(VoteNotTaken);
  });
});
