import { randomUUID } from 'node:crypto';

/** Two turns of judging, and some. */
const JUDGED_MS = 90_000;
const MERGED_MS = 60_000;
const WEBHOOK = 'https://hooks.example.com/monitoreo';

/**
 * Rules of every kind, of which some fire; one that fired is over, since it was changed.
 *
 * @param {(path: string, body?: unknown, method?: string) => Promise<any>} json asks the service
 * @param {(check: () => Promise<boolean>, within: number) => Promise<void>} until
 * @returns {Promise<string>} the id of a rule that fires
 */
export async function makeAlerts(json, until) {
  const rate = { metric: 'conversion_rate', period: '1h', condition: 'below', min_clicks: 20 };
  const make = (name, rule) => json('/alerts/rules', { name, for_minutes: 0, ...rule });
  const fires = await make('Conversion rate below 9 %', { ...rate, threshold: 9, webhook_url: WEBHOOK });
  const once = { ...rate, name: 'Conversion rate below 20 %', threshold: 20, for_minutes: 0 };
  const { id } = await json('/alerts/rules', once);
  await make('Letters pile up', { metric: 'dead_letters', period: '1h', condition: 'above', threshold: 3 });
  const slow = { metric: 'total_clicks', period: '24h', condition: 'below', threshold: 50_000, for_minutes: 30 };
  await make('A quiet day', { ...slow, webhook_url: WEBHOOK, repeat_hours: 12 });
  const euros = { metric: 'revenue', currency: 'EUR', period: '1h', condition: 'below', threshold: '10.00' };
  await make('Little came in', { ...euros, muted_until: new Date(Date.now() + 8 * 3_600_000).toISOString() });
  const drop = { metric: 'total_conversions', filter: { label: 'signup' }, condition: 'drops_by_pct', threshold: 30 };
  await make('Signups drop', { ...drop, period: 90, for_minutes: 10, enabled: false });
  await make('Recording lags', { metric: 'lag_ms', period: '1h', condition: 'above', threshold: 60_000 });
  const firing = async () => (await json('/alerts?state=firing')).alerts;
  await until(async () => (await firing()).length >= 3, JUDGED_MS);
  await json(`/alerts/rules/${id}`, { ...once, threshold: 2 }, 'PUT');
  return fires.id;
}

/**
 * What another region recorded meanwhile is merged into this one: a rehearsal, and the merge; some identities are in conflict.
 *
 * @param json asks this region @param jsonOfOther asks the other
 */
export async function mergeRegions(json, jsonOfOther, other, until) {
  const now = Date.now();
  const sale = (place, amount) => ({
    ...{ event_type: 'sale', event_id: `order-${1000 + place}`, user_id: `u${place}`, timestamp: now - 40_000 * place },
    ...{ amount, currency: 'EUR', page_url: '/checkout' },
  });
  const click = () => ({ event_type: 'click', event_id: randomUUID(), user_id: 'u7', page_url: '/', timestamp: now });
  const places = [1, 2, 3, 4];
  await json('/events', { events: places.map((place) => sale(place, '24.50')) });
  const there = [
    ...places.map((place) => sale(place, place > 1 ? '29.90' : '24.50')),
    ...Array.from({ length: 240 }, click),
  ];
  await jsonOfOther('/events', { events: there });
  for (const dry_run of [true, false]) {
    const { id } = await json('/regions/merge', { from: other, dry_run });
    const merge = async () => (await json('/regions')).merges.find((one) => one.id === id);
    await until(async () => (await merge()).state !== 'running', MERGED_MS);
  }
}
