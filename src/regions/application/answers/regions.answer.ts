import Type from 'typebox';
import { type Answer, answer, count, nullable, text, time } from '../../../platform/answer-schema.js';
import { REGION_STATUSES } from '../../domain/region-status.js';

const ID = '019aab4c-3e80-7abc-8def-0123456789ab';

/** As `/metrics` shows it. */
export const RegionStanding = answer('RegionStanding', {
  name: text('b', 'As REGIONS names it.'),
  merged_until: nullable(
    time(
      '2025-11-22T12:00:00.000Z',
      'All that it committed before, by its clock, is counted here; null: not merged yet.',
    ),
  ),
  lag_ms: nullable(Type.Integer({ minimum: 0, examples: [12000], description: 'How long ago that is.' })),
  status: Type.Enum([...REGION_STATUSES], { examples: ['merged'], description: 'How its last merge stands.' }),
});
export type RegionStanding = Answer<typeof RegionStanding>;

export const Merge = answer('Merge', {
  id: Type.String({ format: 'uuid', examples: [ID] }),
  from: text('b', 'The region that was merged into this one.'),
  since: nullable(time('2025-11-22T00:00:00.000Z', 'Only facts that happened then or later; null: all that was new.')),
  dry_run: Type.Boolean({ examples: [false], description: 'Nothing was recorded.' }),
  actor: text('schedule', 'Id of the key that asked for it; `command`, `schedule`.'),
  state: Type.Enum(['running', 'done', 'failed', 'interrupted'], { examples: ['done'] }),
  started_at: time('2025-11-22T12:00:00.000Z', ''),
  finished_at: nullable(time('2025-11-22T12:00:04.000Z', '')),
  duration_ms: count(4000, 'Until now, while it runs.'),
  merged: count(1200, 'Recorded here by it.'),
  known: count(300, 'Were here before.'),
  restamped: count(0, 'Were here before for another time: their sender stamped them anew when it sent them again.'),
  conflicts: count(0, 'Another content was recorded here before under the same identity.'),
  below_floor: count(0, 'Happened before what this region keeps.'),
  rejected: count(0, 'Were refused; the log names them.'),
  dead_letters: nullable(count(0, 'Open ones of the other region, which stay there.')),
  held_back_ms: nullable(
    count(0, 'For so long a transaction there had been open: what was committed since it began is for the next merge.'),
  ),
  held_back_by: nullable(text('pid 4711 (psql), user monitoreo, database monitoreo', 'Whose transaction.')),
  code: nullable(text('unreachable', 'Why it failed, for programs.')),
  detail: nullable(text('b (https://b.example) cannot be reached', 'The same for operators.')),
});
export type Merge = Answer<typeof Merge>;

export const Conflict = answer('Conflict', {
  event_key: Type.String({ format: 'uuid', examples: [ID] }),
  event_type: Type.Enum(['click', 'conversion', 'sale'], { examples: ['sale'] }),
  event_id: text('order-1001'),
  contents: Type.Array(
    Type.Object(
      { fingerprint: Type.String(), content: Type.Record(Type.String(), Type.Unknown()) },
      {
        additionalProperties: false,
        examples: [{ fingerprint: '144115188075855872', content: { amount: '19.9', currency: 'EUR', user_id: 'u-1' } }],
      },
    ),
    { description: 'By fingerprint, the same in all regions. Each counts what it recorded first.' },
  ),
});
export type Conflict = Answer<typeof Conflict>;

export const Regions = answer('Regions', {
  region: nullable(text('a', 'The name of this one (REGION).')),
  regions: Type.Array(RegionStanding, { description: 'The others.' }),
  merges: Type.Array(Merge, { description: 'The last 20, newest first.' }),
  conflicts: Type.Object(
    { total: Type.Integer(), newest: Type.Array(Conflict) },
    {
      additionalProperties: false,
      examples: [{ total: 0, newest: [] }],
      description: 'Identities with several contents, and the last 20.',
    },
  ),
});
export type Regions = Answer<typeof Regions>;

export const BegunMerge = answer('BegunMerge', { id: Type.String({ format: 'uuid', examples: [ID] }) });
export type BegunMerge = Answer<typeof BegunMerge>;
