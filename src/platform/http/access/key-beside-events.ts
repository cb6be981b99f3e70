import { parseBody } from '../bodies/body-as-sent.js';

/** The `key` of `{"key", "events"}`; null where there is none, or the body is nothing of that kind. */
export function keyBesideEvents(body: unknown): string | null {
  const { key, events } = (parsed(body) ?? {}) as { readonly key?: unknown; readonly events?: unknown };
  return typeof key === 'string' && events !== undefined ? key : null;
}

function parsed(body: unknown): unknown {
  if (!Buffer.isBuffer(body)) return body;
  try {
    return parseBody(body);
  } catch {
    // Whoever sends a key as well hears what is wrong with it.
    return null;
  }
}
