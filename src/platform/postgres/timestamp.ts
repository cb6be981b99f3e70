/** Epoch milliseconds as PostgreSQL reads them; an infinite bound stays infinite. */
export function timestamp(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : ms < 0 ? '-infinity' : 'infinity';
}
