const POLL_MS = 100;
const REQUEST_TIMEOUT_MS = 2_000;

/** Healthy and able to make topics: the health check alone answers before the default namespace exists. */
export async function isReady(webUrl: string): Promise<boolean> {
  const [health, namespaces] = await Promise.all([
    get(`${webUrl}/admin/v2/brokers/health`),
    get(`${webUrl}/admin/v2/namespaces/public`),
  ]);
  return health === 'ok' && namespaces !== null && namespaces.includes('"public/default"');
}

/**
 * Polls until the broker is ready. Otherwise it says why the broker is not: `alive` told that it has ended, or `deadlineMs`
 * have passed.
 */
export async function waitUntilReady(
  webUrl: string,
  deadlineMs: number,
  alive: () => boolean | Promise<boolean>,
): Promise<'ready' | 'ended' | 'late'> {
  const start = performance.now();
  while (!(await isReady(webUrl))) {
    if (!(await alive())) return 'ended';
    if (performance.now() - start > deadlineMs) return 'late';
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return 'ready';
}

/** The body of a 200, else null: until it is up a broker refuses connections, resets them, or answers 5xx. */
async function get(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    const body = await response.text();
    return response.ok ? body : null;
  } catch (error) {
    // The error is known by its name, because in jest fetch throws the TypeError of another realm.
    if (['TypeError', 'TimeoutError'].includes((error as Error).name)) return null;
    throw error;
  }
}
