import type { FastifyReply, FastifyRequest } from 'fastify';

/** Node's fetch takes 16 kB of headers, and an address may be longer: the cursor stands in the body as well. */
const LONGEST_LINK = 8_192;

/** Names the next page in the header `Link` too (RFC 8288), relative to the address that was asked; at the end it does nothing. */
export function linkNext(reply: FastifyReply, { url }: Pick<FastifyRequest, 'url'>, cursor: string | null): void {
  if (cursor === null) return;
  const next = new URL(url, 'http://localhost');
  next.searchParams.set('cursor', cursor);
  const link = `<${next.pathname}${next.search}>; rel="next"`;
  if (link.length <= LONGEST_LINK) void reply.header('link', link);
}

/** The header as the API document shows it. */
export const LINK_HEADER = {
  Link: {
    description:
      'The next page, `rel="next"`; absent at the end, and with filters so long that a client could not take it.',
    schema: { type: 'string' as const },
  },
};
