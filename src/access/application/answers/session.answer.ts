import Type from 'typebox';
import { type Answer, answer, nullable, text, time } from '../../../platform/answer-schema.js';
import { ROLES } from '../../domain/role.js';

export const SessionView = answer('Session', {
  role: Type.Union([Type.Enum([...ROLES]), Type.Null()], {
    examples: ['read'],
    description: 'What the page may do; null: it is not signed in.',
  }),
  key_id: nullable(text('api_token', 'The key that it was signed in with.')),
  name: nullable(text('API_TOKEN', 'The name of that key.')),
  expires_at: nullable(time('2025-11-22T20:00:00.000Z', 'When the session ends unless it is used before.')),
});
export type SessionView = Answer<typeof SessionView>;

export const SIGNED_OUT: SessionView = { role: null, key_id: null, name: null, expires_at: null };
