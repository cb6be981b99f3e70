import Type from 'typebox';
import { type Answer, answer, nullable, text, time } from '../../../platform/answer-schema.js';
import { ROLES } from '../../domain/role.js';

const NAMED = {
  id: Type.String({ format: 'uuid', examples: ['019aab4c-3e80-7abc-8def-0123456789ab'] }),
  role: Type.Enum([...ROLES], { examples: ['read'], description: 'What the key may do.' }),
  name: text('grafana', 'Who has it, for people.'),
};
const SHOWN = {
  prefix: text('mon_Ab3dE5gH', 'The start of its newest secret.'),
  created_at: time('2025-11-22T11:00:00.000Z', 'When the key was made.'),
};

export const KeyView = answer('Key', {
  ...NAMED,
  ...SHOWN,
  last_used: nullable(time('2025-11-22T11:59:00.000Z', 'To about a minute; null: never.'), { examples: [null] }),
  rotated_at: nullable(time('2025-11-22T11:30:00.000Z', 'When it got its newest secret.'), { examples: [null] }),
  revoked_at: nullable(time('2025-11-22T11:30:00.000Z', 'Since when it opens nothing.'), { examples: [null] }),
});
export type KeyView = Answer<typeof KeyView>;

export const KeyList = answer('KeyList', {
  keys: Type.Array(KeyView, { description: 'Newest first, revoked ones included. API_TOKEN is not among them.' }),
});
export type KeyList = Answer<typeof KeyList>;

/** The only answer that shows a secret. */
export const CreatedKey = answer('CreatedKey', {
  ...NAMED,
  key: text('mon_Ab3dE5gH…', 'The secret itself: it is shown this once and stored nowhere.'),
  ...SHOWN,
});
export type CreatedKey = Answer<typeof CreatedKey>;
