import { useRef } from 'preact/hooks';

/** Since when something has been as it is, as this page saw it, epoch milliseconds. */
export function useSince(): (name: string, state: string) => number {
  const states = useRef(new Map<string, { state: string; at: number }>());
  return (name, state) => {
    const known = states.current.get(name);
    if (known?.state === state) return known.at;
    const at = Date.now();
    states.current.set(name, { state, at });
    return at;
  };
}
