import type { FastifyReply, FastifyRequest } from 'fastify';
import { conditional } from '../../../src/platform/http/conditional-answer.js';

const NOISE = ['as_of', 'lag_ms'];

/** Answers as a client that asks with these headers would be answered. */
function told(answer: object, headers: Record<string, string> = {}) {
  const sent: Record<string, unknown> = { status: 200 };
  const reply = {
    headers: (given: object) => Object.assign(sent, given),
    status: (status: number) => Object.assign(sent, { status }),
    type: (type: string) => Object.assign(sent, { type }),
  } as unknown as FastifyReply;
  const body = conditional(answer, { headers } as FastifyRequest, reply, { noise: NOISE, maxAgeSeconds: 0 });
  return { status: sent.status, tag: sent.etag as string, body: body?.toString() };
}

describe('an answer with an ETag', () => {
  it.each<[string, object, object, object]>([
    ['at the top', { as_of: 1, clicks: 2, lag_ms: 3 }, { as_of: 7, clicks: 2, lag_ms: null }, { as_of: 1, clicks: 9 }],
    ['deep inside', { at: [{ as_of: 1, n: 2 }], as_of: 1 }, { at: [{ as_of: 5, n: 2 }], as_of: 2 }, { at: [{ n: 3 }] }],
    ['alone', { as_of: 1 }, { lag_ms: 2 }, { clicks: 0 }],
    ['not there', { clicks: 2 }, { clicks: 2 }, { clicks: 3 }],
    ['named in a text', { page: '"as_of":1', as_of: 1 }, { page: '"as_of":1', as_of: 2 }, { page: '"as_of":2' }],
  ])('keeps it while only noise changes, and says all: noise %s', (_, first, noisy, other) => {
    const { tag, body } = told(first);
    expect(JSON.parse(body!)).toEqual(first);
    expect(told(noisy).tag).toBe(tag);
    expect(JSON.parse(told(noisy).body!)).toEqual(noisy);
    expect(told(other).tag).not.toBe(tag);
    expect(told(noisy, { 'if-none-match': `"other", ${tag}` })).toEqual({ status: 304, tag, body: undefined });
  });

  it('says its members in their order, and nothing else', () => {
    expect(told({ as_of: 1, clicks: { n: [2, null] }, lag_ms: 3, views: 4 }).body).toBe(
      '{"as_of":1,"clicks":{"n":[2,null]},"lag_ms":3,"views":4}',
    );
    expect(told({}).body).toBe('{}');
    expect(told({ as_of: 1, lag_ms: undefined }).body).toBe('{"as_of":1}');
  });
});
