import type { FastifyInstance } from 'fastify';

const tables = new WeakMap<FastifyInstance, RouteTable>();

/** Of a server that `watch` was called for. */
export const routeTableOf = (server: FastifyInstance): RouteTable | null => tables.get(server) ?? null;

/** Which methods an address answers: Fastify says 404 for a known address with another method, HTTP says 405. */
export class RouteTable {
  private readonly routes: { readonly url: string; readonly pattern: RegExp; readonly method: string }[] = [];
  private readonly literals = new Set<string>();

  /** To be called before the first route is registered. */
  watch(server: FastifyInstance): void {
    tables.set(server, this);
    server.addHook('onRoute', ({ url, method }) => {
      const pattern = patternOf(url);
      this.literals.add(url);
      for (const one of [method].flat()) this.routes.push({ url, pattern, method: one });
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
    const matching = this.routes.filter(({ pattern }) => pattern.test(path));
    const literal = matching.filter(({ url }) => url === path);
    return [...new Set((literal.length > 0 ? literal : matching).map(({ method }) => method))].sort();
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
