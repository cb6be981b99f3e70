import { type IncomingMessage, ServerResponse } from 'node:http';
import { LINGER_BYTES, LINGER_IDLE_MS, LINGER_MS } from './lingering.js';

/**
 * An answer that may come before the whole body of its request: it is sent at once, and ends when the client has sent the
 * rest, which is thrown away. Node would close the connection under a client that still sends, and most clients (Python's
 * urllib, Node's fetch) then see a broken pipe instead of the answer.
 */
export class PatientResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  private answered = false;
  private waitedMs = 0;

  /** How long the answer was there already and the rest of the request was thrown away, milliseconds. */
  get throwingAwayMs(): number {
    return this.waitedMs;
  }

  override end(...args: unknown[]): this {
    const chunk = typeof args[0] === 'function' ? null : (args[0] as string | Uint8Array | null | undefined);
    const end = (...last: unknown[]) => (super.end as (...args: unknown[]) => this).apply(this, last);
    if (this.answered || !isStillSent(this.req)) return end(...args);
    this.answered = true;
    this.sendNow(chunk ?? null);
    const since = performance.now();
    throwAwayRest(this.req, (whole) => {
      this.waitedMs = performance.now() - since;
      end(args.find((one) => typeof one === 'function'));
      if (!whole) this.req.socket.destroySoon();
    });
    return this;
  }

  private sendNow(chunk: string | Uint8Array | null): void {
    // An answer without its length is known to be whole only by its end.
    if (!this.headersSent && !this.hasHeader('content-length') && !this.hasHeader('transfer-encoding')) {
      this.setHeader('content-length', chunk === null ? 0 : Buffer.byteLength(chunk));
    }
    if (chunk === null || chunk.length === 0) this.flushHeaders();
    else this.write(chunk);
  }
}

function isStillSent({ complete, destroyed, headers }: IncomingMessage): boolean {
  if (complete || destroyed) return false;
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** @param done gets whether the client sent all; else it sent too much, too slowly, or left. */
function throwAwayRest(request: IncomingMessage, done: (whole: boolean) => void): void {
  let bytes = 0;
  const stop = (whole: boolean) => {
    clearTimeout(silence);
    clearTimeout(deadline);
    request.off('data', count).off('end', whenWhole).off('close', whenClosed).off('error', whenClosed);
    request.resume();
    done(whole);
  };
  const whenWhole = () => stop(true);
  const whenClosed = () => stop(false);
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LINGER_BYTES) whenClosed();
    else silence.refresh();
  };
  const silence = setTimeout(whenClosed, LINGER_IDLE_MS);
  const deadline = setTimeout(whenClosed, LINGER_MS);
  request.unpipe();
  request.on('data', count).once('end', whenWhole).once('close', whenClosed).once('error', whenClosed);
  request.resume();
}
