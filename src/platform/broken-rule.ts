export interface BadField {
  /** Name of the query parameter, or JSON path in the body. */
  readonly field: string;
  /** Says what it should be. */
  readonly message: string;
}

/**
 * A request of a client breaks a rule, or asks for something that is not there. Only errors of this class tell a client why: the message of any
 * other may hold what nobody outside should see, and becomes a 500 that shows nothing.
 */
export class BrokenRule extends Error {
  constructor(
    /** The HTTP status that says it. */
    readonly status: 400 | 404 | 409 | 413,
    /** Stable, for programs: `snake_case`. */
    readonly code: string,
    /** Tells people what is wrong and how to mend it. It never holds a stack, SQL or a secret. */
    message: string,
    /** The fields that are to blame. */
    readonly errors: readonly BadField[] = [],
  ) {
    super(message);
  }
}
