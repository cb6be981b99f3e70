import { randomUUID } from 'node:crypto';
import { pageClicks } from './screenshot-clicks.mjs';

const PAGES = ['/', '/products/running-shoes', '/cart', '/products/rain-jacket', '/checkout', '/blog/how-to-choose'];
const CURRENCIES = ['EUR', 'EUR', 'EUR', 'USD', 'GBP'];
const CONVERSIONS = ['signup', 'subscription', 'newsletter'];
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const RETURNS_OF_DAYS = 21;
const VISITORS = 160;

/** Two days of a shop with a rhythm, weeks of visitors who come back, votes, and a person with several sessions. */
export async function shopEvents(user, now) {
  return [...pageClicks(now), ...crowd(now), ...votes(now), ...person(user, now), ...(await visits(now))];
}

function* crowd(now) {
  const pick = (list) => list[Math.floor(Math.random() ** 1.6 * list.length)];
  for (let minute = 0; minute < 2880; minute++) {
    const at = now - minute * MINUTE_MS - 1000;
    const crowd = 3 + 2 * Math.sin((minute / 1440) * 2 * Math.PI) + (minute < 1440 ? 0.4 : 0);
    for (let click = 0; click < crowd; click++) {
      const of = {
        user_id: `u${Math.floor(Math.random() * 300)}`,
        session_id: `crowd-${minute}`,
        timestamp: at,
        page_url: pick(PAGES),
      };
      yield { ...of, event_type: 'click', event_id: randomUUID() };
      if (Math.random() < 0.07) {
        yield { ...of, event_type: 'conversion', event_id: randomUUID(), conversion_type: pick(CONVERSIONS) };
      }
      if (Math.random() < 0.03) {
        const amount = (5 + Math.random() * 80).toFixed(2);
        yield { ...of, event_type: 'sale', event_id: randomUUID(), amount, currency: pick(CURRENCIES) };
      }
    }
  }
}

function* votes(now) {
  for (let second = 0; second < 130; second++) {
    for (let vote = 0; vote < 6 + 5 * Math.sin(second / 9); vote++) {
      const reaction = Math.random() < 0.75 ? 'cheers' : 'hate';
      yield { event_type: 'click', event_id: randomUUID(), reaction, timestamp: now - second * 1000 };
    }
  }
}

/** A look around yesterday, a walk through the shop, and back to pay. */
function* person(user_id, now) {
  const event = (at, fields) => ({
    user_id,
    event_id: randomUUID(),
    event_type: 'click',
    timestamp: now - at,
    ...fields,
  });
  for (const [step, page_url] of ['/blog/how-to-choose', '/products/rain-jacket', '/'].entries()) {
    yield event(DAY_MS - step * 95_000, { page_url, interaction: 'view', view_id: randomUUID() });
  }
  for (const [step, page_url] of ['/', '/products/running-shoes', '/cart', '/checkout'].entries()) {
    const of = { session_id: 'morning', page_url };
    yield event(7_200_000 - step * 40_000, { ...of, interaction: 'view', view_id: randomUUID() });
    yield event(7_170_000 - step * 40_000, { ...of, x: 0.4, y: 0.3, campaign: { name: 'autumn' } });
  }
  const later = { session_id: 'noon', page_url: '/checkout' };
  yield event(600_000, { ...later, event_type: 'conversion', conversion_type: 'signup' });
  yield event(570_000, { ...later, event_type: 'sale', amount: '89.00', currency: 'EUR' });
}

/** Those of the demo, on the paths of its shop. */
async function visits(now) {
  const { Visitors } = await import('../dist/cli/demo/visitor.js');
  const { pastVisits } = await import('../dist/cli/demo/past-visits.js');
  const chance = { random: Math.random, uuid: randomUUID };
  const { visitors } = new Visitors(VISITORS, chance);
  return [...pastVisits(visitors, RETURNS_OF_DAYS, now, chance)].map(({ type, payload: { url, ...payload } }) => ({
    ...payload,
    event_type: type,
    ...(url && { page_url: new URL(url).pathname }),
  }));
}
