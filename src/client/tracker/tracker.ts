import { FailoverClient } from '../failover/failover-client.js';
import { HOST } from '../failover/host.js';
import { type NewEvent, newId } from '../failover/stamped-event.js';
import { placeInDocument, pageSizes } from './document-place.js';
import { KeptEvents } from './kept-events.js';
import { pageUrl } from './page-address.js';
import { pageTransport, sendOnLeave } from './page-transport.js';
import { Reading } from './reading.js';
import { targetOf } from './target.js';

export { FailoverClient } from '../failover/failover-client.js';

/** A window of this name shows a page to an analyst: nothing in it is a visit. */
export const SILENT_FRAME = 'monitoreo-heatmap';
const SESSION = 'monitoreo.session';

export interface TrackerOptions {
  readonly primary: string;
  readonly secondary?: string | null;
  /** A key of the role `ingest-public`; everybody can read it in the page. */
  readonly key?: string | null;
  /** Members of the query that tell pages apart. */
  readonly query?: readonly string[];
  /** Whether the hash tells pages apart. */
  readonly hash?: boolean;
  /** Whether a session's id is kept in sessionStorage. */
  readonly session?: boolean;
  /** Whether unsent events are kept in localStorage when the page ends. */
  readonly offline?: boolean;
}

/** The calls that a page can make. */
export interface Monitoreo {
  /** Records a click with `properties.event`: what happened, in words of the site. */
  track(name: string, properties?: NewEvent): void;
}

const SILENT: Monitoreo = { track: () => undefined };

/**
 * Tells where people click and how far they read. Silent for who does not want to be tracked (Do Not Track, Global Privacy
 * Control). It does not see what happens in frames of other documents.
 */
export function startTracker(options: TrackerOptions): Monitoreo {
  const { doNotTrack, globalPrivacyControl } = navigator as Navigator & { readonly globalPrivacyControl?: boolean };
  if (doNotTrack === '1' || globalPrivacyControl || window.name === SILENT_FRAME) return SILENT;
  if (!/^http/.test(location.protocol)) return SILENT;
  const { primary, secondary = null, key = null, query = [], hash = false } = options;
  const client = new FailoverClient({
    primary,
    secondary,
    transport: pageTransport(key),
    timeoutMs: 4_000,
    queueLimit: 1_000,
    batchEvents: 100,
    batchBytes: 30_000,
    gatherMs: 200,
  });
  const kept = options.offline ? new KeptEvents(newId(HOST)) : null;
  const session_id = options.session ? sessionId() : undefined;
  const urlNow = () => pageUrl(location, query, hash);
  let view = { page_url: urlNow(), view_id: newId(HOST) };
  let reading = new Reading();
  let saidOnLeave: ReadonlySet<string> = new Set();

  const record = (event: NewEvent) => {
    void client.record({ ...view, session_id, ...pageSizes(), ...event }).then(() => {
      if (client.statistics.waiting === 0) kept?.keep([]);
    });
  };
  const sayDepth = () => {
    const scroll_depth = reading.grown();
    if (scroll_depth !== null) record({ interaction: 'scroll', scroll_depth });
  };
  const beginView = () => {
    view = { page_url: urlNow(), view_id: newId(HOST) };
    reading = new Reading();
    record({ interaction: 'view' });
  };
  const navigated = () => {
    if (urlNow() === view.page_url) return;
    sayDepth();
    beginView();
  };
  const leave = () => {
    sayDepth();
    const { unconfirmed } = client;
    kept?.keep(unconfirmed);
    // A page that is hidden and then ends raises two events.
    const unsaid = unconfirmed.filter((json) => !saidOnLeave.has(json));
    saidOnLeave = new Set(unconfirmed);
    sendOnLeave(client.addresses, key, unsaid);
  };

  let lastClick = -1;
  addEventListener(
    'click',
    (event) => {
      // A label's click comes again from its field, at the same time; a script's click is nobody's.
      if (!event.isTrusted || event.timeStamp === lastClick || !(event.target instanceof Element)) return;
      lastClick = event.timeStamp;
      const [x, y] = pointOf(event, event.target);
      record({ ...placeInDocument(x, y), target: targetOf(event.target, x, y) });
    },
    true,
  );
  addEventListener('scroll', ({ target }) => reading.look(target), { capture: true, passive: true });
  for (const name of ['popstate', 'hashchange']) addEventListener(name, navigated);
  for (const name of ['pushState', 'replaceState'] as const) {
    const navigate = history[name].bind(history);
    history[name] = (...to) => {
      navigate(...to);
      navigated();
    };
  }
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && leave());
  addEventListener('pagehide', leave);
  addEventListener('pageshow', ({ persisted }) => persisted && beginView());

  for (const event of kept?.left() ?? []) void client.record(event);
  // A page that is drawn in advance is not seen yet.
  if ((document as Document & { readonly prerendering?: boolean }).prerendering)
    document.addEventListener('prerenderingchange', beginView, { once: true });
  else beginView();

  return {
    // An event without a place on the page needs a name: the session, else the view. It never makes a point of a heat map.
    track: (name, properties = {}) =>
      record({ user_id: session_id ?? view.view_id, properties: { ...properties, event: name } }),
  };
}

/** The place of a click; one by the keyboard is in the middle of what it clicks. */
function pointOf({ detail, clientX, clientY }: MouseEvent, element: Element): readonly [number, number] {
  if (detail > 0) return [clientX, clientY];
  const { left, top, width, height } = element.getBoundingClientRect();
  return [left + width / 2, top + height / 2];
}

function sessionId(): string | undefined {
  try {
    const id = sessionStorage.getItem(SESSION) ?? newId(HOST);
    sessionStorage.setItem(SESSION, id);
    return id;
  } catch {
    return undefined;
  }
}
