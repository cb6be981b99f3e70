import { useEffect, useState } from 'preact/hooks';
import { paused } from '../shell/pause.js';
import { RequestFailed } from './problem.js';

export interface Asked<T> {
  /** The last answer, also while a newer one is on its way or failed. */
  readonly data: T | null;
  readonly error: RequestFailed | null;
  /** Whether the answer is one to the question before: the present one is still on its way. */
  readonly old: boolean;
  readonly again: () => void;
}

/**
 * Asks, and asks again; not while the page is hidden or paused. Old data stays in place until new data is there.
 *
 * @param question as text: another one starts anew; null asks nothing. @param every milliseconds; 0: once
 */
export function useAnswer<T>(question: string | null, ask: (signal: AbortSignal) => Promise<T>, every = 0): Asked<T> {
  const [state, setState] = useState<{ of: string | null; data: T | null; error: RequestFailed | null }>({
    of: null,
    data: null,
    error: null,
  });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (question === null) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const asks = async () => {
      const waits = every > 0 && (document.hidden || paused.value) && state.of === question;
      if (!waits) {
        try {
          const data = await ask(stop.signal);
          setState({ of: question, data, error: null });
        } catch (error) {
          if (stop.signal.aborted) return;
          const failed = error instanceof RequestFailed ? error : new RequestFailed(0, String(error), null);
          setState((before) => ({ of: question, data: before.of === question ? before.data : null, error: failed }));
        }
      }
      if (!stop.signal.aborted && every > 0) timer = setTimeout(() => void asks(), every);
    };
    void asks();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [question, turn]);
  return {
    data: state.data,
    error: state.error,
    old: state.data !== null && state.of !== question,
    again: () => setTurn((before) => before + 1),
  };
}
