import type { Row } from '../support/record-rows.js';

/** A tree built session by session, in plain loops. */
interface Node {
  readonly page_url: string;
  sessions: number;
  ended: number;
  readonly branches: Map<string, Node>;
}

const STEPS = 5;
const BRANCHES = 5;
const newNode = (page_url: string): Node => ({ page_url, sessions: 0, ended: 0, branches: new Map() });
const isView = ({ interaction }: Row) => interaction === 'view';
const isVisit = (row: Row) =>
  row.event_type === 'click' && row.reaction === undefined && row.url !== undefined && row.interaction !== 'scroll';
const rate = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((part * 10_000) / whole) / 100);

export function paths(rows: readonly Row[], page: string, direction: 'from' | 'to', from: number, to: number) {
  const visits = rows
    .filter((row) => isVisit(row) && Number(row.timestamp) > from && Number(row.timestamp) <= to)
    .sort((a, b) => Number(a.timestamp) - Number(b.timestamp) || (a.event_id < b.event_id ? -1 : 1));
  const root = newNode(page);
  for (const session of new Set(visits.map(({ session_id }) => session_id ?? null))) {
    if (session === null) continue;
    const all = visits.filter(({ session_id }) => session_id === session);
    const counted = all.some(isView) ? all.filter(isView) : all;
    const pages = counted.map(({ url }) => url as string).filter((url, n, urls) => url !== urls[n - 1]);
    if (direction === 'to') pages.reverse();
    const at = pages.indexOf(page);
    if (at < 0) continue;
    const path = pages.slice(at, at + STEPS + 1);
    let node = root;
    node.sessions += 1;
    for (const next of path.slice(1)) {
      const branch = node.branches.get(next) ?? newNode(next);
      node.branches.set(next, branch);
      branch.sessions += 1;
      node = branch;
    }
    if (path.length <= STEPS) node.ended += 1;
  }
  return {
    sessions: root.sessions,
    excluded: visits.filter((row) => (row.session_id ?? null) === null && row.url === page).length,
    tree: root.sessions === 0 ? null : shown(root, 0, root.sessions),
  };
}

/** Without ids: a tree of trees. */
export interface Shown {
  readonly page_url: string;
  readonly step: number;
  readonly sessions: number;
  readonly share: number;
  readonly ended: number;
  readonly rest: { readonly pages: number; readonly sessions: number };
  readonly branches: readonly Shown[];
}

function shown(node: Node, step: number, ofParent: number): Shown {
  const all = [...node.branches.values()].sort((a, b) => b.sessions - a.sessions || (a.page_url < b.page_url ? -1 : 1));
  const rest = all.slice(BRANCHES);
  return {
    page_url: node.page_url,
    step,
    sessions: node.sessions,
    share: rate(node.sessions, ofParent),
    ended: node.ended,
    rest: { pages: rest.length, sessions: rest.reduce((sum, { sessions }) => sum + sessions, 0) },
    branches: all.slice(0, BRANCHES).map((branch) => shown(branch, step + 1, node.sessions)),
  };
}
