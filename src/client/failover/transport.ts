/** The answer of a region. */
export interface Reply {
  readonly status: number;
  /** `Retry-After` as it came. */
  readonly retryAfter: string | null;
  /** Parsed JSON; null where it was none. */
  readonly body: unknown;
}

/** The way to a region. */
export interface Transport {
  /** @param events JSON texts. @throws where no answer came */
  post(address: string, events: readonly string[], signal: AbortSignal): Promise<Reply>;
  /** Whether a region that failed takes events again. @throws where no answer came */
  isBack(address: string, signal: AbortSignal): Promise<boolean>;
}

/** Batches of a program with a key of the role `ingest`, for events of every type. */
export const serverTransport = (key: string | null): Transport => ({
  async post(address, events, signal) {
    const headers = { 'content-type': 'application/json', ...(key !== null && { 'x-api-key': key }) };
    const body = `{"events":[${events.join()}]}`;
    return replyOf(await fetch(`${address}/events`, { method: 'POST', headers, body, signal }));
  },
  async isBack(address, signal) {
    return (await fetch(`${address}/health/ready`, { signal })).ok;
  },
});

export async function replyOf(response: Response): Promise<Reply> {
  const body: unknown = await response.json().catch((error: unknown) => {
    // An answer that breaks off is none. The error is known by its name, because a program that runs in a context of its own
    // has errors of another realm.
    if ((error as Error).name === 'SyntaxError') return null;
    throw error;
  });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body };
}
