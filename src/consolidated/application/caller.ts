/** Whoever asks, as the services may know of them. */
export interface Caller {
  /** `Authorization` as it was sent; null where there was none, or where it was a key of ours. */
  readonly authorization: string | null;
  /** Null: there is none that may be passed on. */
  readonly requestId: string | null;
  /** W3C Trace Context. */
  readonly traceparent: string | null;
}
