import { useEffect, useState } from 'preact/hooks';
import type { EventView } from '../../../../../events/application/answers/event.answer.js';
import { get, type Parameters } from '../../api/client.js';
import { RequestFailed } from '../../api/problem.js';
import { paused } from '../../shell/pause.js';

const NEWS_MS = 4_000;
const MOST_NEWS = 1000;

interface State {
  readonly of: string;
  readonly events: readonly EventView[] | null;
  readonly next: string | null;
  readonly error: RequestFailed | null;
}

export interface Walk extends State {
  /** Came since the first page; not shown until they are asked for, so that nothing jumps. */
  readonly news: number;
  readonly more: () => void;
  readonly again: () => void;
}

const keyOf = ({ event_id, event_type }: EventView) => `${event_type} ${event_id}`;

/** Pages by cursor, and how many came since. */
export function useWalk(parameters: Parameters, watchesNews: boolean): Walk {
  const question = JSON.stringify(parameters);
  const [state, setState] = useState<State>({ of: '', events: null, next: null, error: null });
  const [news, setNews] = useState(0);
  const [turn, setTurn] = useState(0);
  /** A further page that was asked for twice, by a press and by scrolling, or for a question that is asked no longer. */
  const isLate = (before: State, cursor: string | null) =>
    cursor !== null && (before.of !== question || before.next !== cursor);
  const fetchPage = async (cursor: string | null, signal?: AbortSignal) => {
    try {
      const page = await get('/events', { ...parameters, cursor }, signal);
      setState((before) => {
        if (isLate(before, cursor)) return before;
        const kept = cursor === null ? [] : (before.events ?? []);
        return { of: question, events: [...kept, ...page.events], next: page.next_cursor, error: null };
      });
    } catch (error) {
      if (!(error instanceof RequestFailed)) return;
      // Events that were found for another question do not answer this one.
      setState((before) => {
        if (isLate(before, cursor)) return before;
        return before.of === question ? { ...before, error } : { of: question, events: null, next: null, error };
      });
    }
  };
  useEffect(() => {
    const stop = new AbortController();
    setNews(0);
    void fetchPage(null, stop.signal);
    return () => stop.abort();
  }, [question, turn]);
  const newest = state.events?.[0];
  useEffect(() => {
    if (!watchesNews || newest === undefined || parameters['to']) return;
    const known = new Set(state.events!.map(keyOf));
    const from = new Date(Date.parse(newest.occurred_at) - 1).toISOString();
    const timer = setInterval(() => {
      if (document.hidden || paused.value) return;
      get('/events', { ...parameters, period: null, from, limit: MOST_NEWS }).then(
        ({ events }) => setNews(events.filter((event) => !known.has(keyOf(event))).length),
        () => undefined,
      );
    }, NEWS_MS);
    return () => clearInterval(timer);
  }, [newest === undefined ? '' : keyOf(newest), question]);
  return {
    ...state,
    events: state.of === question ? state.events : null,
    news,
    more: () => void (state.next !== null && fetchPage(state.next)),
    again: () => setTurn((before) => before + 1),
  };
}
