/** `never`: not merged yet. `unreachable`, `refused`, `failed`: the last merge, and why; GET /regions has the detail. */
export const REGION_STATUSES = [
  'never',
  'merging',
  'merged',
  'interrupted',
  'unreachable',
  'refused',
  'failed',
] as const;
export type RegionStatus = (typeof REGION_STATUSES)[number];

/** How the last merge of a region stands; null: there was none. */
export interface LastMerge {
  readonly state: 'running' | 'done' | 'failed' | 'interrupted';
  readonly code: string | null;
}

export function statusOf(last: LastMerge | null): RegionStatus {
  if (last === null) return 'never';
  switch (last.state) {
    case 'running':
      return 'merging';
    case 'done':
      return 'merged';
    case 'interrupted':
      return 'interrupted';
    case 'failed':
      if (last.code === 'unreachable') return 'unreachable';
      return ['refused', 'same_cluster', 'erasure_key'].includes(last.code ?? '') ? 'refused' : 'failed';
  }
}
