import { randomUUID } from 'node:crypto';

const HOUR_MS = 3_600_000;
const PAST_DAYS = 90;
const PAGES = ['/', '/products/running-shoes', '/cart', '/products/rain-jacket', '/checkout'];
const TYPES = ['signup', 'signup', 'subscription', 'newsletter'];

/** Three months with their mornings and weekends, for reports: a few events of each hour before these last days. */
export function* past(now, lastHours) {
  for (let hour = lastHours; hour < PAST_DAYS * 24; hour++) {
    const at = now - hour * HOUR_MS;
    const date = new Date(at);
    const weekend = date.getUTCDay() % 6 === 0 ? 0.6 : 1;
    const grows = 1 - hour / (PAST_DAYS * 48);
    const crowd = weekend * grows * (5 + 4 * Math.sin(((date.getUTCHours() - 8) / 24) * 2 * Math.PI)) + 1;
    for (let click = 0; click < crowd; click++) {
      const page_url = PAGES[Math.floor(Math.random() ** 1.6 * PAGES.length)];
      const of = { user_id: `u${click}-${hour % 200}`, timestamp: at - click * 1000, page_url };
      yield { ...of, event_type: 'click', event_id: randomUUID() };
      if (Math.random() < 0.09) {
        const conversion_type = TYPES[Math.floor(Math.random() * TYPES.length)];
        yield { ...of, event_type: 'conversion', event_id: randomUUID(), conversion_type };
      }
      if (Math.random() < 0.05) {
        const amount = (5 + Math.random() * 80).toFixed(2);
        const currency = Math.random() < 0.8 ? 'EUR' : 'USD';
        yield { ...of, event_type: 'sale', event_id: randomUUID(), amount, currency };
      }
    }
  }
}

/** A crowd presses and shops while the pictures are made. @returns stops it */
export function keepMoving(json) {
  let goesOn = true;
  const moving = (async () => {
    for (let turn = 0; goesOn; turn++) {
      const vote = () => ({
        event_type: 'click',
        event_id: randomUUID(),
        reaction: Math.random() < 0.75 ? 'cheers' : 'hate',
      });
      const click = () => ({ event_type: 'click', event_id: randomUUID(), user_id: 'u1', page_url: '/cart' });
      const votes = Array.from({ length: 3 + 2.5 * Math.sin(turn / 18) }, vote);
      await json('/events', { events: [...votes, click(), ...(Math.random() < 0.5 ? [click()] : [])] });
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
  })();
  return () => {
    goesOn = false;
    return moving;
  };
}
