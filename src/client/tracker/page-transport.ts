import { replyOf, type Transport } from '../failover/transport.js';

export const INTAKE = '/api/heatmap/click';

/** The key travels beside the events: a header would need a preflight, and a beacon has none. */
export const bodyOf = (key: string | null, events: readonly string[]): string =>
  `{${key === null ? '' : `"key":${JSON.stringify(key)},`}"events":[${events.join()}]}`;

/** Batches of clicks from a page of any origin: `text/plain` needs no preflight, and no cookie of the service goes along. */
export const pageTransport = (key: string | null): Transport => ({
  async post(address, events, signal) {
    const body = bodyOf(key, events);
    return replyOf(await fetch(address + INTAKE, { method: 'POST', body, signal, credentials: 'omit' }));
  },
  // This is the only open answer of a region that every page may read.
  async isBack(address, signal) {
    const asked = { method: 'HEAD', cache: 'no-store', credentials: 'omit', signal } as const;
    return (await fetch(`${address}/tracker.js`, asked)).ok;
  },
});

/** A page may have 64 KiB of beacons on their way, to both regions together. */
const BEACON_CHARACTERS = 15_000;

/** Events that no region has confirmed go to both, under their ids, as the page goes away. */
export function sendOnLeave(addresses: readonly string[], key: string | null, events: readonly string[]): void {
  let rest = events;
  while (rest.length > 0) {
    let characters = 0;
    const end = rest.findIndex((json, at) => (characters += json.length) > BEACON_CHARACTERS && at > 0);
    const body = bodyOf(key, end < 0 ? rest : rest.slice(0, end));
    // Full is full: what is left is lost, or waits in the storage.
    if (!addresses.map((address) => navigator.sendBeacon(address + INTAKE, body)).some(Boolean)) return;
    rest = end < 0 ? [] : rest.slice(end);
  }
}
