import { type Monitoreo, startTracker } from './tracker.js';

declare global {
  interface Window {
    monitoreo?: Monitoreo;
  }
}

/** `<script src="https://…/tracker.js" data-key="…" defer>`: the region that serves it is the primary. */
const tag = document.currentScript as HTMLScriptElement | null;
if (tag !== null && window.monitoreo === undefined) {
  const { primary, secondary, key, query, hash, session, offline } = tag.dataset;
  window.monitoreo = startTracker({
    primary: primary ?? new URL(tag.src).origin,
    secondary,
    key,
    query: query?.split(',').map((name) => name.trim()) ?? [],
    hash: hash !== undefined,
    session: session !== undefined,
    offline: offline === 'storage',
  });
}
