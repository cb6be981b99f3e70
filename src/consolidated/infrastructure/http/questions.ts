import type { ValuesOf } from '../../../platform/config/variable.js';
import type { CONSOLIDATED_VARIABLES } from '../../consolidated.variables.js';
import type { Identifier } from '../../domain/identifier.js';
import type { UpstreamRequest } from './exchange/exchange.js';

type Settings = ValuesOf<typeof CONSOLIDATED_VARIABLES>;

/** How a service is asked, and which part of its answer is meant. */
export interface UpstreamQuestion<Item> {
  readonly request: UpstreamRequest;
  /** Tells whether an item is the user's, if the service was asked for the items of all users. */
  readonly isWanted: ((item: Item) => boolean) | null;
}

interface OfUsers<Item> {
  /** The path of the list of everybody's items. */
  readonly listPath: string;
  /** The path of one user's items, with `{user_id}`; empty: there is none. */
  readonly userPath: string;
  /** The user whom an item belongs to. */
  readonly ownerOf: (item: Item) => Identifier | null | undefined;
}

const get = (path: string, absentIsNothing = false): UpstreamRequest => ({
  method: 'GET',
  path,
  body: null,
  absentIsNothing,
});

/** The question to a service that has a path for everybody's items and one for a user's. */
export function askOfUsers<Item>(
  { listPath, userPath, ownerOf }: OfUsers<Item>,
  userId: string | null,
): UpstreamQuestion<Item> {
  if (userId === null) return { request: get(listPath), isWanted: null };
  if (userPath === '') return { request: get(listPath), isWanted: (item) => String(ownerOf(item) ?? '') === userId };
  return { request: get(userPath.replaceAll('{user_id}', encodeURIComponent(userId)), true), isWanted: null };
}

/** A POST that reads. */
export function askOfMetrics({ MICROSERVICE3_METRICS_PATH }: Settings, userId: string | null): UpstreamRequest {
  const body = JSON.stringify(userId === null ? {} : { userId: asNumber(userId) });
  return { method: 'POST', path: MICROSERVICE3_METRICS_PATH, body, absentIsNothing: false };
}

export const askOfDashboard = ({ MICROSERVICE4_DASHBOARD_PATH }: Settings): UpstreamRequest =>
  get(MICROSERVICE4_DASHBOARD_PATH);

/** Services with numeric ids want a number. The notation must be the number's own, so that `007` stays a text. */
const asNumber = (userId: string): Identifier =>
  String(Number(userId)) === userId && Number.isSafeInteger(Number(userId)) ? Number(userId) : userId;
