import type { Paths, PathsNode } from '../../../../../funnels/application/answers/paths.answer.js';

export interface Column {
  /** Whose branches these are. */
  readonly of: PathsNode;
  /** Most sessions first. */
  readonly branches: readonly PathsNode[];
  /** The branch that the next column belongs to; null: there is none. */
  readonly chosen: PathsNode | null;
}

const branchesOf = (nodes: readonly PathsNode[], { id }: PathsNode) => nodes.filter(({ parent }) => parent === id);

/**
 * The columns of the tree, page by page: the branches of the root, then those of the chosen branch, and so on. If none is
 * chosen, or the chosen one is no more, the most frequent goes on. @param chosen pages beyond the root
 */
export function columnsOf(nodes: readonly PathsNode[], chosen: readonly string[]): Column[] {
  const columns: Column[] = [];
  let wanted = chosen;
  let at: PathsNode | null = nodes[0] ?? null;
  while (at !== null) {
    const branches: PathsNode[] = branchesOf(nodes, at);
    if (branches.length === 0 && at.ended === 0 && at.rest.sessions === 0) break;
    const found: PathsNode | undefined = branches.find(({ page_url }) => page_url === wanted[0]);
    wanted = found === undefined ? [] : wanted.slice(1);
    const next: PathsNode | null = found ?? branches[0] ?? null;
    columns.push({ of: at, branches, chosen: next });
    at = next;
  }
  return columns;
}

/** The nodes in the order in which a tree is read: each before its branches, these before what follows. */
export function inOrder(nodes: readonly PathsNode[], from: PathsNode | undefined = nodes[0]): PathsNode[] {
  return from === undefined ? [] : [from, ...branchesOf(nodes, from).flatMap((branch) => inOrder(nodes, branch))];
}

export type Direction = Paths['direction'];
