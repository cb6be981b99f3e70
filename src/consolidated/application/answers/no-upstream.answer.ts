import { type Answer, answer, described } from '../../../platform/answer-schema.js';
import { ProblemDetails } from '../../../platform/http/problems/problem.answer.js';
import { ServicesStatus, SOURCES } from './source.answer.js';

/** No service answered. */
export const NoUpstreamProblem = answer('NoUpstreamProblem', {
  ...ProblemDetails.properties,
  services_status: described(ServicesStatus, '`error` four times.'),
  sources: SOURCES,
});
export type NoUpstreamProblem = Answer<typeof NoUpstreamProblem>;
