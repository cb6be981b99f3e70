/** A publish without confirmation. */
export class PublishError extends Error {
  override readonly name = 'PublishError';

  constructor(
    message: string,
    /** `unknown`: the broker may have the message, so a resend needs the same event id. */
    readonly outcome: 'not_sent' | 'unknown',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
