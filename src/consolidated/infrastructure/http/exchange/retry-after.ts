/**
 * How long a service wants to be left alone: seconds, or a date (RFC 9110 §10.2.3).
 *
 * @param now epoch milliseconds
 * @returns milliseconds; 0 without the header, and for one that cannot be read
 */
export function retryAfterMs(header: string | string[] | undefined, now: number): number {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  const ms = /^\d{1,10}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}
