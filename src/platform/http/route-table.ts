import type { FastifyInstance } from 'fastify';
import type { RouteProperties } from './route-properties.js';

interface Route {
  readonly url: string;
  readonly pattern: RegExp;
  readonly method: string;
  readonly properties: RouteProperties;
}

const tables = new WeakMap<FastifyInstance, RouteTable>();

/** The table of a server that `watch` was called for. */
export const routeTableOf = (server: FastifyInstance): RouteTable | null => tables.get(server) ?? null;

/** Which methods an address answers: Fastify says 404 for a known address with another method, HTTP says 405. */
export class RouteTable {
  private readonly routes: Route[] = [];
  private readonly literals = new Set<string>();

  /** It must be called before the first route is registered. */
  watch(server: FastifyInstance): void {
    tables.set(server, this);
    server.addHook('onRoute', ({ url, method, config }) => {
      const pattern = patternOf(url);
      const properties = (config ?? {}) as RouteProperties;
      this.literals.add(url);
      for (const one of [method].flat()) this.routes.push({ url, pattern, method: one, properties });
    });
  }

  /** Each route as it is written, with its method. */
  all(): readonly { readonly method: string; readonly url: string }[] {
    return this.routes.map(({ method, url }) => ({ method, url }));
  }

  /** Whether an address is a route just as it is written. */
  hasLiteral(path: string): boolean {
    return this.literals.has(path);
  }

  /** An address that is a route by its own name (`/dead-letters/replay`) is not one by a parameter (`/dead-letters/:id`). */
  methodsOf(path: string): string[] {
    return [...new Set(this.matching(path).map(({ method }) => method))].sort();
  }

  /** The properties of the route that answers an address; none if there is no route. */
  propertiesOf(path: string, method: string): RouteProperties {
    return this.matching(path).find((route) => route.method === method)?.properties ?? {};
  }

  private matching(path: string): readonly Route[] {
    const matching = this.routes.filter(({ pattern }) => pattern.test(path));
    const literal = matching.filter(({ url }) => url === path);
    return literal.length > 0 ? literal : matching;
  }
}

/** `/events/:event_id` and `/docs/*`, the two forms of variable parts that routes here have. */
function patternOf(url: string): RegExp {
  const source = url
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:\w+/g, '[^/]+')
    .replace(/\*/g, '.*');
  return new RegExp(`^${source}$`);
}
