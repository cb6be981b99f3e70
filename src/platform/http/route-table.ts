import type { FastifyInstance } from 'fastify';

/** Which methods an address answers: Fastify says 404 for a known address with another method, HTTP says 405. */
export class RouteTable {
  private readonly routes: { readonly pattern: RegExp; readonly method: string }[] = [];

  /** To be called before the first route is registered. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ url, method }) => {
      const pattern = patternOf(url);
      for (const one of [method].flat()) this.routes.push({ pattern, method: one });
    });
  }

  methodsOf(path: string): string[] {
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return [...new Set(methods)].sort();
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
