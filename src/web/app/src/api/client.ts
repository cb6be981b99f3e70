import type { KeyList } from '../../../../access/application/answers/key.answer.js';
import type { SessionView } from '../../../../access/application/answers/session.answer.js';
import type { AlertPage } from '../../../../alerts/application/answers/alert.answer.js';
import type { AlertRuleList } from '../../../../alerts/application/answers/alert-rule.answer.js';
import type { ServicesHealth } from '../../../../consolidated/application/answers/services-health.answer.js';
import type { Source } from '../../../../consolidated/application/answers/source.answer.js';
import type {
  DeadLetterCounts,
  DeadLetterDetails,
  DeadLetterPage,
} from '../../../../dead-letters/application/answers/dead-letter.answer.js';
import type { ReplayedLetter, ReplayTally } from '../../../../dead-letters/application/answers/replay.answer.js';
import type { EventPage, EventView } from '../../../../events/application/answers/event.answer.js';
import type { Funnel } from '../../../../funnels/application/answers/funnel.answer.js';
import type { Paths } from '../../../../funnels/application/answers/paths.answer.js';
import type { Retention } from '../../../../funnels/application/answers/retention.answer.js';
import type { HeatmapPages } from '../../../../heatmap/application/answers/pages.answer.js';
import type { HeatmapSummary } from '../../../../heatmap/application/answers/summary.answer.js';
import type { Journey } from '../../../../journeys/application/answers/journey.answer.js';
import type { LiveData } from '../../../../live/application/answers/live.answer.js';
import type { Metrics } from '../../../../metrics/application/answers/metrics.answer.js';
import type { Timeseries } from '../../../../metrics/application/answers/timeseries.answer.js';
import type { TopPages } from '../../../../metrics/application/answers/top-pages.answer.js';
import type { HealthReport } from '../../../../platform/observability/health.answer.js';
import type { Regions } from '../../../../regions/application/answers/regions.answer.js';
import { failureOf, RequestFailed } from './problem.js';

export type { Source };

/** The questions of the pages, and what answers them. */
export interface Answers {
  '/metrics': Metrics;
  '/metrics/timeseries': Timeseries;
  '/metrics/pages': TopPages;
  '/events': EventPage;
  '/api/heatmap/summary': HeatmapSummary;
  '/api/heatmap/pages': HeatmapPages;
  '/live/data': LiveData;
  '/funnel': Funnel;
  '/paths': Paths;
  '/retention': Retention;
  '/dead-letters': DeadLetterPage;
  '/dead-letters/counts': DeadLetterCounts;
  '/health': HealthReport;
  '/api/health/services': ServicesHealth;
  '/api/dashboard/summary': { readonly sources: readonly Source[] };
  '/session': SessionView;
  '/keys': KeyList;
  '/alerts': AlertPage;
  '/alerts/rules': AlertRuleList;
  '/regions': Regions;
}
export type Path = keyof Answers;
export type Parameters = Readonly<Record<string, string | number | null | undefined>>;

export function addressOf(path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value));
  }
  return query.size === 0 ? path : `${path}?${query}`;
}

/** @throws {RequestFailed} */
export const get = async <P extends Path>(path: P, parameters?: Parameters, signal?: AbortSignal) =>
  (await ask(addressOf(path, parameters), { signal })).json() as Promise<Answers[P]>;

export const getJourney = async (user: string, parameters: Parameters, signal?: AbortSignal) =>
  (
    await ask(addressOf(`/users/${encodeURIComponent(user)}/journey`, parameters), { signal })
  ).json() as Promise<Journey>;

/** An id is one of an event of a type. */
export const getEvent = async (id: string, event_type: string, signal?: AbortSignal) =>
  (await ask(addressOf(`/events/${encodeURIComponent(id)}`, { event_type }), { signal })).json() as Promise<EventView>;

export const getLetter = async (id: string, signal?: AbortSignal) =>
  (await ask(`/dead-letters/${encodeURIComponent(id)}`, { signal })).json() as Promise<DeadLetterDetails>;

/** @param body the corrected event; null: the bytes as they were */
export const replay = async (id: string, body: string | null) =>
  (await ask(`/dead-letters/${encodeURIComponent(id)}/replay`, posted(body))).json() as Promise<ReplayedLetter>;

export const replayAll = async (reason: string, cursor: string | null) =>
  (await ask('/dead-letters/replay', posted(JSON.stringify({ reason, cursor })))).json() as Promise<ReplayTally>;

export const signIn = async (key: string) =>
  (await ask('/session', posted(JSON.stringify({ key })))).json() as Promise<SessionView>;

export const signOut = () => ask('/session', { method: 'DELETE' });

/** A stream of the events, as a file. */
export const exported = (parameters: Parameters, accept: string, signal: AbortSignal) =>
  ask(addressOf('/events', parameters), { headers: { accept }, signal });

/** Figures of the service itself. */
export const telemetry = async (signal?: AbortSignal) => (await ask('/internal/metrics', { signal })).text();

/** The description that a page of ours carries of itself; null: there is none. */
export async function headersOf(address: string, signal?: AbortSignal): Promise<Headers | null> {
  try {
    return (await ask(address, { method: 'HEAD', signal })).headers;
  } catch {
    return null;
  }
}

/** Sends a request that changes something. @param body JSON; null: there is none */
export const posted = (body: string | null, method = 'POST'): RequestInit =>
  body === null ? { method } : { method, headers: { 'content-type': 'application/json' }, body };

/** @throws {RequestFailed} */
export async function ask(address: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, init);
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error;
    throw new RequestFailed(0, '', null);
  }
  if (!response.ok) throw await failureOf(response);
  return response;
}
