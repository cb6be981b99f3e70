// The catalogue: a new slice is one line here, and a folder of its own. Imported as a whole; the order has no meaning.
export { access } from './access/access.slice.js';
export { alerts } from './alerts/alerts.slice.js';
export { consolidated } from './consolidated/consolidated.slice.js';
export { deadLetters } from './dead-letters/dead-letters.slice.js';
export { events } from './events/events.slice.js';
export { funnels } from './funnels/funnels.slice.js';
export { journeys } from './journeys/journeys.slice.js';
export { heatmap } from './heatmap/heatmap.slice.js';
export { live } from './live/live.slice.js';
export { metrics } from './metrics/metrics.slice.js';
export { people } from './people/people.slice.js';
export { regions } from './regions/regions.slice.js';
export { web } from './web/web.slice.js';
