import type { FastifyReply, FastifyRequest } from 'fastify';

/** Names the next page in the header `Link` too (RFC 8288), relative to the address that was asked; at the end it does nothing. */
export function linkNext(reply: FastifyReply, { url }: Pick<FastifyRequest, 'url'>, cursor: string | null): void {
  if (cursor === null) return;
  const next = new URL(url, 'http://localhost');
  next.searchParams.set('cursor', cursor);
  void reply.header('link', `<${next.pathname}${next.search}>; rel="next"`);
}

/** The header as the API document shows it. */
export const LINK_HEADER = {
  Link: { description: 'The next page, `rel="next"`; absent at the end.', schema: { type: 'string' as const } },
};
