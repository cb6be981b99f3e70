import type { Config } from '../../config/config.js';
import type { AccessControl } from '../access/access-control.port.js';
import { CorsOrigins } from './cors-origins.js';
import type { RouteProperties } from '../route-properties.js';

/**
 * Which pages of other origins may ask, and what: those of CORS_ORIGINS anything that their key opens, those of
 * TRACKER_ORIGINS what pages send of clicks. Neither with the cookie of a page that is signed in here.
 */
export class AllowedOrigins {
  private readonly pages: CorsOrigins | null;
  private readonly trackers: CorsOrigins;

  constructor(
    { settings }: Config,
    private readonly control: AccessControl,
  ) {
    this.pages = settings.CORS_ORIGINS;
    this.trackers = CorsOrigins.parseOrAll(settings.TRACKER_ORIGINS);
  }

  /** Whether answers differ by who asks, even where no key is needed. */
  get vary(): boolean {
    return this.pages !== null;
  }

  /** What the answer of a route names as allowed; null when that page may not ask. */
  allowing(origin: string | undefined, route: RouteProperties): string | null {
    if (origin === undefined) return null;
    return this.pages?.allowing(origin) ?? (this.takesFromTrackers(route) ? this.trackers.allowing(origin) : null);
  }

  /** A route that asks for a key is open while none exists, to this machine alone: not to whatever page it has open. */
  private takesFromTrackers({ foreignOrigins = false, access }: RouteProperties): boolean {
    const isPublic = access === 'open' || access?.openBy !== undefined;
    return foreignOrigins && (isPublic || this.control.keysExist);
  }
}
