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
  private readonly anonymous: boolean;

  constructor(
    { settings }: Config,
    private readonly control: AccessControl,
  ) {
    this.pages = settings.CORS_ORIGINS;
    this.trackers = CorsOrigins.parseOrAll(settings.TRACKER_ORIGINS);
    this.anonymous = settings.ALLOW_ANONYMOUS;
  }

  /** Whether answers differ by who asks, even where no key is needed. */
  get vary(): boolean {
    return this.pages !== null;
  }

  /** The origin that the answer of a route names as allowed; null when that page may not ask. */
  allowing(origin: string | undefined, route: RouteProperties): string | null {
    if (origin === undefined) return null;
    return this.pages?.allowing(origin) ?? (this.takesFromTrackers(route) ? this.trackers.allowing(origin) : null);
  }

  /**
   * While no key exists the service is for this machine alone. A page that somebody has open here is not this machine, so only
   * pages that were named may send, except to routes that are there for every page.
   */
  private takesFromTrackers({ foreignOrigins }: RouteProperties): boolean {
    if (foreignOrigins !== 'with-keys') return foreignOrigins === 'always';
    return this.trackers.areNamed || this.anonymous || this.control.keysExist;
  }
}
