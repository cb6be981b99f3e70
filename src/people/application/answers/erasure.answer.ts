import Type from 'typebox';
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

export const LoggedErasure = answer('LoggedErasure', {
  person: text(PERSON, 'The keyed hash of a user id.'),
  id_bytes: count(36, 'Length of the user id in UTF-8.'),
  erased_at: Type.Integer({ examples: [1763812800000], description: 'Epoch milliseconds.' }),
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
