import { applyDecorators } from '@nestjs/common';
import { ApiAnswer } from '../../platform/http/openapi/api-answer.js';
import { Problem } from '../../platform/http/problems/problem.js';
import { NoUpstreamProblem } from '../application/answers/no-upstream.answer.js';
import { NoUpstreamAnswers } from '../application/gathering.js';

/** Answers 502, or 504 if a service might have answered with more time. */
export async function unlessNoneAnswers<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof NoUpstreamAnswers)) throw error;
    const { forTime, services_status, sources } = error;
    const [status, code, detail] = forTime
      ? ([504, 'upstreams_timeout', 'None of the services answered in time: `sources` says what each did.'] as const)
      : ([502, 'upstreams_failed', 'None of the services answered: `sources` says what each did.'] as const);
    throw new Problem(status, code, detail, { extensions: { services_status, sources } });
  }
}

/** Documents these two statuses. */
export const ApiNoUpstream = () =>
  applyDecorators(
    ...([502, 504] as const).map((status) =>
      ApiAnswer(status, NoUpstreamProblem, {
        description:
          status === 504
            ? 'No service answered, one at least for lack of time.'
            : 'No service answered; not for lack of time.',
        mediaType: 'application/problem+json',
      }),
    ),
  );
