import { v7 } from 'uuid';

const PAGES = Array.from({ length: 200 }, (_, page) => `https://product.com/item/${page}`);

/**
 * The n-th event as a producer sends it, about 300 bytes: 100 clicks to 10 conversions and 5 sales, ids version 7, times
 * spread over the last hour.
 */
export function benchEvent(
  n: number,
  now: number,
): { type: 'click' | 'conversion' | 'sale'; payload: Record<string, unknown> } {
  const kind = n % 115;
  const type = kind < 100 ? 'click' : kind < 110 ? 'conversion' : 'sale';
  const payload: Record<string, unknown> = {
    event_id: v7(),
    user_id: `550e8400-e29b-41d4-a716-${String(n % 50_000).padStart(12, '0')}`,
    session_id: `sess_${n % 100_000}`,
    url: PAGES[n % PAGES.length],
    timestamp: now - (n % 3_600_000),
  };
  if (type === 'click')
    Object.assign(payload, {
      x: (n % 1000) / 1000,
      y: (n % 997) / 997,
      viewport_width: 1440,
      viewport_height: 900,
      scroll_y: n % 3000,
    });
  if (type === 'conversion') payload.conversion_type = 'signup';
  if (type === 'sale') Object.assign(payload, { amount: `${(n % 200) + 1}.90`, currency: 'EUR' });
  return { type, payload };
}
