import { signal } from '@preact/signals';

/** Everything that changes a view stands in its address: Back works, and a link shows the same to a colleague. */
export const address = signal(new URL(location.href));

addEventListener('popstate', () => (address.value = new URL(location.href)));

export function go(to: string, replace = false): void {
  const url = new URL(to, location.href);
  history[replace ? 'replaceState' : 'pushState'](null, '', url);
  const moved = url.pathname !== address.value.pathname;
  address.value = url;
  if (moved) {
    scrollTo(0, 0);
    document.querySelector<HTMLElement>('h1')?.focus();
  }
}

export const parameter = (name: string): string | null => address.value.searchParams.get(name);

/** The address with other parameters; null takes one away. */
export function withParameters(
  changes: Readonly<Record<string, string | null>>,
  path = address.value.pathname,
): string {
  const url = new URL(address.value);
  url.pathname = path;
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.pathname + url.search;
}

const KEPT = ['period', 'from', 'to', 'compare', 'tz', 'lang'];

/** A view with the window of this one, and its own parameters. */
export function viewAddress(path: string, parameters: Readonly<Record<string, string>> = {}): string {
  const url = new URL(path, location.href);
  for (const name of KEPT) {
    const value = address.value.searchParams.get(name);
    if (value !== null) url.searchParams.set(name, value);
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.pathname + url.search;
}

const VIEW = /^\/(dashboard(\/|$)|secret-heatmap$)/;

/** Links between views need no new page. */
addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = (event.target as Element).closest('a');
  if (!link || link.target || link.origin !== location.origin || !VIEW.test(link.pathname)) return;
  event.preventDefault();
  go(link.href);
});
