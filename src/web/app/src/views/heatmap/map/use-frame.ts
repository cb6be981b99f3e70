import { useEffect, useState } from 'preact/hooks';
import { headersOf } from '../../../api/client.js';
import { framedBy, type Frame, framesOf, letsFrame } from './frame.js';

/** The address from which the page is shown. Null: there is none; undefined: it is being asked for. */
export function useFrame(page: string): Frame | null | undefined {
  const [known, setKnown] = useState<{ of: string; frame: Frame | null } | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    void frameOf(page, stop.signal).then((frame) => {
      if (!stop.signal.aborted) setKnown({ of: page, frame });
    });
    return () => stop.abort();
  }, [page]);
  return known?.of === page ? known.frame : undefined;
}

let listed: readonly string[] | null = null;

/** The browser obeys the policy of this page. */
async function listedOrigins(): Promise<readonly string[]> {
  if (listed !== null) return listed;
  const headers = await headersOf('/secret-heatmap');
  if (headers !== null) listed = framedBy(headers.get('content-security-policy') ?? '');
  return listed ?? [];
}

/** Null: the page cannot be shown. */
async function frameOf(page: string, signal: AbortSignal): Promise<Frame | null> {
  for (const frame of framesOf(page, location.origin, await listedOrigins())) {
    if (!frame.own) return frame;
    const headers = await headersOf(frame.address, signal);
    if (headers !== null && letsFrame(headers)) return frame;
  }
  return null;
}
