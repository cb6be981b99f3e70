import type { ProblemDetails } from '../../../../platform/http/problems/problem.answer.js';

/** The failure of a request: the service's own words, or none if it did not answer. */
export class RequestFailed extends Error {
  constructor(
    /** 0: there was no answer. */
    readonly status: number,
    readonly detail: string,
    readonly requestId: string | null,
    /** Whatever else the answer says. */
    readonly body: unknown = null,
  ) {
    super(detail);
  }

  /** The defect of each field that was sent, by its name. */
  get fields(): Readonly<Record<string, string>> {
    const { errors = [] } = (this.body ?? {}) as Partial<ProblemDetails>;
    return Object.fromEntries(errors.map(({ field, message }) => [field, message]));
  }

  get needsKey(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

export async function failureOf(response: Response): Promise<RequestFailed> {
  const requestId = response.headers.get('x-request-id');
  try {
    const body = (await response.json()) as ProblemDetails;
    return new RequestFailed(response.status, body.detail, body.request_id, body);
  } catch {
    return new RequestFailed(response.status, response.statusText, requestId);
  }
}
