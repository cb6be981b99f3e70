import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import { bodyOf, contentTypeOf, type Problem } from '../problems/problem.js';
import { SECURE_HEADERS } from '../secure-headers.js';

/** No text of ours holds it. */
const ID_PLACE = '(request_id)';
const NOSNIFF = 'x-content-type-options';

/** The answer that `ProblemDetailsFilter` gives to a POST, written down once: two of them differ by the id of the request. */
export class WrittenRefusal {
  private readonly headers: readonly string[];
  /** The parts that stand around the id; it is one part where the body has no id. */
  private readonly body: readonly string[];

  /** @param older whether the route has the errors of its older clients */
  constructor(
    private readonly problem: Problem,
    older: boolean,
  ) {
    const headers = { ...SECURE_HEADERS, ...problem.more.headers, 'content-type': contentTypeOf(older) };
    // Every POST gets this header before anything is looked at.
    this.headers = Object.entries(headers)
      .filter(([name]) => name !== NOSNIFF)
      .flat();
    this.body = JSON.stringify(bodyOf(problem, ID_PLACE, older)).split(JSON.stringify(ID_PLACE));
  }

  get code(): string {
    return this.problem.code;
  }

  /** @param shown the headers for pages of other origins */
  send(response: ServerResponse, requestId: string, shown: Readonly<Record<string, string>>): void {
    const body = this.body.join(JSON.stringify(requestId));
    const headers: OutgoingHttpHeader[] = ['x-request-id', requestId, NOSNIFF, SECURE_HEADERS[NOSNIFF]!];
    for (const name in shown) headers.push(name, shown[name]!);
    for (const one of this.headers) headers.push(one);
    headers.push('content-length', String(Buffer.byteLength(body)));
    response.writeHead(this.problem.status, headers);
    response.end(body);
  }
}
