import type { Transform } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { AnswerHeaders, Holding } from './answer-body.js';
import { UpstreamFailure } from '../upstream-failure.js';

export interface ArrivedAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** Whether `holding` has the whole body, unpacked; if not, it is not looked at. */
  readonly hasBody: boolean;
}

/** A body that is not looked at is read up to this, so that the connection can be used again. */
const DRAINED_BYTES = 16_384;
const DRAINED_MS = 500;

/** Errors that mean a wrong answer, and not a broken connection. */
const BROKEN_ANSWERS: Readonly<Record<string, ['too_large' | 'not_json', string]>> = {
  UND_ERR_HEADERS_OVERFLOW: ['too_large', 'its headers are too large'],
  HPE_INVALID_CONSTANT: ['not_json', 'it does not speak HTTP'],
  HPE_INVALID_VERSION: ['not_json', 'it does not speak HTTP'],
};

/**
 * Sends a request and waits for the whole answer to it, or for its status alone where that says enough.
 *
 * @param holding gathers the body
 * @throws {UpstreamFailure} @throws the signal's reason, as soon as it aborts
 */
export const arrivedAnswer = (
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  holding: Holding,
  signal: AbortSignal,
): Promise<ArrivedAnswer> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    dispatcher.dispatch(request, new ArrivingAnswer(holding, signal, resolve, reject));
  });

/**
 * An answer as it comes in. The first end that it has counts: it is whole, it is refused, its connection breaks, or nobody waits
 * for it any longer. Unless it is read to its end, its connection is closed, which would else be lost to the pool.
 */
class ArrivingAnswer implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | null = null;
  private status = 0;
  private headers: AnswerHeaders = {};
  private unpacker: Transform | null = null;
  private hasEnded = false;
  /** For a body that is thrown away. */
  private drained = 0;
  private patience: NodeJS.Timeout | undefined;

  constructor(
    private readonly holding: Holding,
    private readonly signal: AbortSignal,
    private readonly resolve: (answer: ArrivedAnswer) => void,
    private readonly reject: (reason: unknown) => void,
  ) {
    signal.addEventListener('abort', this.abandon);
  }

  /** May come late: until then the request waits for a connection. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.hasEnded) controller.abort(this.signal.reason as Error);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    if (status < 200) return; // a hint, the answer follows
    this.status = status;
    this.headers = headers;
    if (isWhole(status)) return this.trying(() => this.open(controller));
    this.patience = setTimeout(() => controller.abort(new Error('it takes too long to throw away')), DRAINED_MS);
    this.end(() => this.resolve({ status, headers, hasBody: false }));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.hasEnded) {
      this.drained += chunk.length;
      if (this.drained > DRAINED_BYTES) controller.abort(new Error('it is too much to throw away'));
    } else if (this.unpacker === null) this.trying(() => this.keep(chunk));
    else if (!this.unpacker.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    clearTimeout(this.patience);
    if (this.unpacker === null) this.complete();
    else this.unpacker.end();
  }

  onResponseError(_: unknown, error: Error): void {
    clearTimeout(this.patience);
    this.fail(failedConnection(error));
  }

  private open(controller: Dispatcher.DispatchController): void {
    this.unpacker = this.holding.open(this.headers);
    this.unpacker
      ?.on('data', (chunk: Buffer) => this.trying(() => this.keep(chunk)))
      .on('drain', () => controller.resume())
      .on('end', () => {
        this.complete();
        // Padding may follow, or nothing at all, for ever.
        controller.abort(new Error('the body has ended before its answer'));
      })
      .on('error', (cause) => this.fail(new UpstreamFailure('not_json', 'the body cannot be unpacked', { cause })));
  }

  private keep(chunk: Buffer): void {
    this.holding.add(chunk);
  }

  private complete(): void {
    const { status, headers } = this;
    this.end(() => this.resolve({ status, headers, hasBody: true }));
  }

  private readonly abandon = (): void => this.fail(this.signal.reason);

  /** What fails here is told as it is: it is no fault of the connection. */
  private trying(work: () => void): void {
    if (this.hasEnded) return;
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.end(() => {
      this.reject(error);
      this.unpacker?.destroy();
      this.controller?.abort(error as Error);
    });
  }

  private end(so: () => void): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.signal.removeEventListener('abort', this.abandon);
    so();
  }
}

/** 206 is a part of the list, which nobody asked for. */
const isWhole = (status: number) => status < 300 && status !== 204 && status !== 206;

function failedConnection(error: Error & { code?: string }): UpstreamFailure {
  const { code = 'unknown' } = error;
  const [reason, message] = BROKEN_ANSWERS[code] ?? ['refused', `the connection failed (${code})`];
  return new UpstreamFailure(reason, message, { retried: reason === 'refused', cause: error });
}
