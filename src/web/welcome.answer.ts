import Type from 'typebox';
import { type Answer, answer, text } from '../platform/answer-schema.js';
import { SERVICE } from '../platform/observability/health.answer.js';

export const Welcome = answer('Welcome', {
  status: Type.Enum(['ok'], { examples: ['ok'] }),
  service: text(SERVICE),
  version: text('0.1.0', 'Of the service.'),
  message: text('The API is at /docs, the dashboard at /dashboard.', 'Where to go on.'),
});
export type Welcome = Answer<typeof Welcome>;
