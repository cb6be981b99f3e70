import Type from 'typebox';
import { type Answer, answer, nullable, text, time } from '../../../platform/answer-schema.js';

export const AuditView = answer('AuditEntry', {
  id: Type.String({ format: 'uuid', examples: ['019aab4c-3e80-7abc-8def-0123456789ab'] }),
  at: time('2025-11-22T12:00:00.000Z', 'When it was done.'),
  actor: text(
    'api_token',
    'The id of the key that it was done with; `nobody` where no key existed, `command` for a command of an operator.',
  ),
  action: text('key.created', 'What was done.'),
  subject: nullable(
    text('019aab4c-3e80-7abc-8def-0123456789ab', 'What it was done to; a person only as a keyed hash.'),
  ),
  details: Type.Record(Type.String(), Type.Unknown(), {
    examples: [{ role: 'read', name: 'grafana' }],
    description: 'By the action.',
  }),
});
export type AuditView = Answer<typeof AuditView>;

export const AuditPage = answer('AuditPage', {
  entries: Type.Array(AuditView, { description: 'Newest first.' }),
  next_cursor: nullable(
    text(
      'MSAxNzYzODA5MjAwMDAwIDAxOWFhYjRjLTNlODAtN2FiYy04ZGVmLTAxMjM0NTY3ODlhYg',
      'Send it as `cursor` for the next older page; null at the end.',
    ),
  ),
});
export type AuditPage = Answer<typeof AuditPage>;
