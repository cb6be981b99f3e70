import Type from 'typebox';
import { type Answer, answer, text } from '../../answer-schema.js';

const BadField = answer('BadField', {
  field: text('limit', 'Query parameter, or JSON path in the body.'),
  message: text('must be a whole number from 1 to 1000', 'What it should be.'),
});

/** RFC 9457 problem details; `Problem.toBody` makes them. */
export const ProblemDetails = answer('Problem', {
  type: text('about:blank'),
  title: text('Bad Request', 'The phrase of the status.'),
  status: Type.Integer({ minimum: 400, maximum: 599, examples: [400] }),
  detail: text('limit must be a whole number from 1 to 1000', 'What is wrong and how to mend it.'),
  code: text('invalid_request', 'Stable, for programs.'),
  request_id: text('3f0f2b0e-6f0e-4b59-9a3c-6a7f7d2f8c11', 'Also in the header X-Request-Id and in the log.'),
  errors: Type.Optional(Type.Array(BadField, { description: 'The bad fields, where fields are to blame.' })),
});
export type ProblemDetails = Answer<typeof ProblemDetails>;
