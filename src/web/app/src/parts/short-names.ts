/** Pages of one site are told apart by their paths. */
export function shortNames(pages: readonly string[]): (page: string) => string {
  const origins = new Set(pages.map((page) => (URL.canParse(page) ? new URL(page).origin : '')));
  const [origin = ''] = origins;
  return (page) =>
    origins.size === 1 && origin !== 'null' && page.startsWith(`${origin}/`) ? page.slice(origin.length) : page;
}
