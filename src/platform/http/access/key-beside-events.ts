import { parseBody } from '../bodies/body-as-sent.js';

/** The `key` of `{"key", "events"}`. Null: there is none, or the body has another form. */
export function keyBesideEvents(body: unknown): string | null {
  const { key, events } = (parsed(body) ?? {}) as { readonly key?: unknown; readonly events?: unknown };
  return typeof key === 'string' && events !== undefined ? key : null;
}

function parsed(body: unknown): unknown {
  if (!Buffer.isBuffer(body)) return body;
  try {
    return parseBody(body);
  } catch {
    // A client that sends a key as well is told what is wrong with it.
    return null;
  }
}
