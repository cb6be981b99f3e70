/** The window is longer than this question can be answered for; the message says which would do. */
export class RangeTooLong extends Error {
  override readonly name = 'RangeTooLong';
  readonly code = 'range_too_long';
  readonly errors: readonly { readonly field: string; readonly message: string }[];
  constructor(field: string, message: string) {
    super(`${field} ${message}`);
    this.errors = [{ field, message }];
  }
}
