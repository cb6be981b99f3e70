import { useEffect, useState } from 'preact/hooks';
import { getJourney, type Parameters } from '../../api/client.js';
import { RequestFailed } from '../../api/problem.js';
import { type Walked, withPage } from './sessions.js';

const PER_PAGE = 200;

interface State {
  readonly of: string;
  readonly walked: Walked | null;
  readonly error: RequestFailed | null;
}

export interface JourneyWalk {
  readonly walked: Walked | null;
  readonly error: RequestFailed | null;
  readonly more: () => void;
  readonly again: () => void;
}

/** Reads what a person did, page by page. @param user null asks nothing */
export function useJourney(user: string | null, range: Parameters): JourneyWalk {
  const question = JSON.stringify([user, range]);
  const [state, setState] = useState<State>({
    of: question,
    walked: null,
    error: null,
  });
  const [turn, setTurn] = useState(0);
  /** A further page that was asked for twice, or for a question that is asked no longer. */
  const isLate = (before: State, cursor: string | null) =>
    cursor !== null && (before.of !== question || before.walked?.journey.next_cursor !== cursor);
  const ask = async (cursor: string | null, signal?: AbortSignal) => {
    if (user === null) return;
    try {
      const journey = await getJourney(user, { ...range, cursor, limit: PER_PAGE }, signal);
      setState((before) => {
        if (isLate(before, cursor)) return before;
        return { of: question, walked: withPage(cursor === null ? null : before.walked, journey), error: null };
      });
    } catch (error) {
      if (!(error instanceof RequestFailed)) return;
      setState((before) => {
        if (isLate(before, cursor)) return before;
        return { of: question, walked: before.of === question ? before.walked : null, error };
      });
    }
  };
  useEffect(() => {
    const stop = new AbortController();
    void ask(null, stop.signal);
    return () => stop.abort();
  }, [question, turn]);
  const isAnswer = state.of === question;
  const next = state.walked?.journey.next_cursor ?? null;
  return {
    walked: isAnswer ? state.walked : null,
    error: isAnswer ? state.error : null,
    more: () => void (next !== null && ask(next)),
    again: () => setTurn((before) => before + 1),
  };
}
