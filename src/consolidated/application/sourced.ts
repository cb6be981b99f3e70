import type { Reason, UpstreamStatus } from '../domain/upstream.js';
import type { ServiceList } from './lists/service-list.js';

/** The items that came from a service, and how its call went. */
export interface Sourced<Item> {
  readonly items: ServiceList<Item>;
  readonly status: UpstreamStatus;
  /** Null: nothing is wrong. */
  readonly reason: Reason | null;
  /** The reason in words, for whoever runs the services. It quotes nothing of a body. */
  readonly detail: string | null;
  /** How often it was asked. */
  readonly attempts: number;
  /** All attempts and waits together. */
  readonly ms: number;
  readonly rejectedItems: number;
  /** Epoch milliseconds of the end. */
  readonly at: number;
  /** About how much memory it takes. */
  readonly bytes: number;
}
