import type { BegunMerge } from '../../../../regions/application/answers/regions.answer.js';
import { ask, posted } from './client.js';

/** Begins a merge of another region into this one; `GET /regions` says how it goes. */
export const mergeRegion = async (from: string, dryRun: boolean) =>
  (await ask('/regions/merge', posted(JSON.stringify({ from, dry_run: dryRun })))).json() as Promise<BegunMerge>;
