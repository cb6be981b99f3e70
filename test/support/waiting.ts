const POLL_MS = 25;

/**
 * Repeats the check until it neither throws nor answers false, and answers its value.
 * @throws Error that names `what` and carries the last failure, when `within` milliseconds have passed.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { within, what }: { within: number; what: string },
): Promise<Exclude<T, false>> {
  const start = performance.now();
  let last: unknown = 'it answered false';
  for (;;) {
    try {
      const value = await check();
      if (value !== false) return value as Exclude<T, false>;
    } catch (error) {
      last = error;
    }
    if (performance.now() - start > within) {
      throw new Error(
        `not within ${within} ms: ${what}; at last: ${last instanceof Error ? last.message : String(last)}`,
        {
          cause: last,
        },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
