import Type from 'typebox';
import { EARLIEST_MS, LATEST_MS } from '../../../events/domain/timestamps.js';
import { type Answer, answer, count, text, time } from '../../../platform/answer-schema.js';

const PERSON = '5b41362bc82b7f3d56edc5a306db22105707d01ff4819e26faef9724a2d406c9';

/** Says how much was erased of a person. */
export const PersonErasure = answer('PersonErasure', {
  person: text(PERSON, 'The keyed hash of the user id, as the audit log and the log of erasures have it.'),
  erased_at: time(
    '2025-11-22T12:00:00.000Z',
    "Of what was received until then nothing of the person is kept, however late it arrives; by PostgreSQL's clock.",
  ),
  state: Type.Enum(['done', 'running'], {
    examples: ['done'],
    description: '`running`: the rest goes on in the background; ask again for what was done.',
  }),
  events: count(1200, 'Events that were erased of the person here so far, by this request and those before.'),
  dead_letters: count(3, 'The same of dead letters.'),
  conflicts: count(0, 'The same of contents that regions contradict each other in.'),
});
export type PersonErasure = Answer<typeof PersonErasure>;

/** In UTF-8, of 255 characters. */
const LONGEST_ID_BYTES = 1_020;

/** Another region's are checked by this: they stand in the own log, and a hash of another length would be no cursor of it. */
export const LoggedErasure = answer('LoggedErasure', {
  person: Type.String({ pattern: '^[0-9a-f]{64}$', examples: [PERSON], description: 'The keyed hash of a user id.' }),
  id_bytes: Type.Integer({
    minimum: 1,
    maximum: LONGEST_ID_BYTES,
    examples: [36],
    description: 'Length of the user id in UTF-8.',
  }),
  erased_at: Type.Integer({
    minimum: EARLIEST_MS,
    maximum: LATEST_MS,
    examples: [1763812800000],
    description: 'Epoch milliseconds.',
  }),
});

/** A page of the log of erasures, for another region. */
export const ErasuresPage = answer('RegionErasures', {
  key_fingerprint: Type.Union([Type.String(), Type.Null()], {
    examples: ['3f6d2a11c8e94b0797a1f5d0c2b4e861'],
    description: 'Which ERASURE_KEY the hashes are made with, and nothing of it; null: nobody was erased.',
  }),
  erasures: Type.Array(LoggedErasure, { description: 'In the order of the hashes.' }),
  next_cursor: Type.Union([Type.String(), Type.Null()], {
    examples: [PERSON],
    description: 'The next page; null at the end.',
  }),
});
export type ErasuresPage = Answer<typeof ErasuresPage>;
