import { comparedContent } from '../../../src/events/domain/content/recorded-fact.js';
import { erasedContent, personOfContent } from '../../../src/events/domain/content/erased-content.js';
import { ErasureLog } from '../../../src/events/domain/content/erasure-log.js';
import { trackedRow } from '../../support/record-rows.js';

const RECEIVED = Date.parse('2026-01-15T13:00:00.000Z');

const event = (user_id: string | null, event_id = 'e') =>
  trackedRow({
    event_type: 'click',
    event_id,
    timestamp: RECEIVED,
    user_id,
    session_id: 's',
    page_url: '/p',
    user_agent: 'agent',
    interaction: 'scroll',
    view_id: 'v',
    scroll_depth: 0.5,
    target: { selector: '#buy' },
    free: 'field',
  });

describe('the log of erasures', () => {
  const asked: string[] = [];
  const logOf = (...erasures: readonly [person: string, erasedAt: number][]) => {
    asked.length = 0;
    const log = new ErasureLog((userId) => {
      asked.push(userId);
      return `hash of ${userId}`;
    });
    const taken = erasures.map(([person, erasedAt]) => ({
      person: `hash of ${person}`,
      idBytes: person.length,
      erasedAt,
    }));
    log.take(taken, erasures.length);
    return log;
  };

  it('leaves an event as it is where nobody was erased since it was received, and makes no hash for that', () => {
    const rows = [event('u'), event('w')];
    for (const log of [logOf(), logOf(['u', RECEIVED - 1])]) {
      const applied = log.applied(rows);
      expect(applied.rows).toBe(rows);
      expect(applied.version).toBe(log.version);
      expect(log.isErased('u', RECEIVED)).toBe(false);
    }
    expect(asked).toEqual([]);
  });

  it('leaves out the person of an event that was received until then, in its place, and touches no other', () => {
    const rows = [event('w', 'a'), event('u', 'b'), event(null, 'c')];
    const { rows: kept } = logOf(['u', RECEIVED]).applied(rows);
    expect([kept[0], kept[2]]).toEqual([rows[0], rows[2]]);
    const [, sent] = rows;
    expect(kept[1]).toEqual({
      ...sent,
      eventId: sent!.eventKey,
      userId: null,
      sessionId: null,
      pageUrl: null,
      pageKey: null,
      userAgent: null,
      viewId: null,
      target: null,
      properties: null,
      fingerprint: null,
    });
    expect([kept[1]!.eventKey, kept[1]!.scrollDepth, kept[1]!.interaction]).toEqual([sent!.eventKey, 0.5, 'scroll']);
    expect(sent!.userId).toBe('u');
  });

  it('is of each person until when they were erased last', () => {
    const log = logOf(['u', 10], ['w', 30]);
    expect([log.isErased('u', 10), log.isErased('u', 11), log.isErased('w', 30), log.isErased('x', 1)]).toEqual([true, false, true, false]); // prettier-ignore
    log.take([{ person: 'hash of u', idBytes: 1, erasedAt: 20 }], 3);
    expect([log.isErased('u', 20), log.isErased('u', 21), log.latest, log.version]).toEqual([true, false, 30, 3]);
    expect([log.holds('u'), log.holds('x'), [...log.idLengths]]).toEqual([true, false, [1]]);
    expect(log.isErased('u', NaN)).toBe(false);
    log.forget();
    expect([log.holds('u'), log.version, log.latest]).toEqual([false, 0, -Infinity]);
  });
});

describe('what is left of a content whose person is erased', () => {
  it('is what is counted, with a fingerprint of its own, the same of all that differed in the person alone', () => {
    const contents = [event('u'), event('w')].map((one) => comparedContent(one).text);
    expect(contents.map(personOfContent)).toEqual(['u', 'w']);
    const [one, other] = contents.map(erasedContent);
    expect(one).toEqual(other);
    expect(JSON.parse(one!.text)).toEqual({ interaction: 'scroll', scroll_depth: 0.5 });
    expect(personOfContent(one!.text)).toBeNull();
    // Doing it again changes nothing.
    expect(erasedContent(one!.text)).toEqual(one);
  });
});
