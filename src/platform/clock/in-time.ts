/** The awaited value did not come in time. */
export class TooLate extends Error {
  override readonly name = 'TooLate';
}

/**
 * The outcome of the work, or an error when it takes longer. A process that got no processor for a while finds its timers
 * run out before it looks at its sockets: what arrived meanwhile was in time, so sockets are looked at once more.
 *
 * @throws {TooLate}
 */
export async function inTime<T>(work: Promise<T>, longestMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const refuse = () => reject(new TooLate(`${what} took longer than ${longestMs} ms`));
    timer = setTimeout(() => setImmediate(refuse), longestMs).unref();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
