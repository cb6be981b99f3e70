/** The largest message of a standard broker, which the first permits assume: a hundred such at once ended a broker of 192 MB. */
const LARGEST_MESSAGE_BYTES = 5 * 1024 * 1024;

export interface WindowBounds {
  /** The most messages granted or held at a time, ≥ 1. */
  readonly maxMessages: number;
  /** The most bytes held at a time, ≥ 1. */
  readonly maxBytes: number;
}

/**
 * How many messages the broker may send. Permits out and messages held together stay within `maxMessages`, and within
 * what `maxBytes` allows at the recent size of messages. Sizes that jump can still exceed the bytes (permits cannot be
 * taken back): then `full` says to stop reading.
 */
export class PermitWindow {
  private granted = 0;
  private held = 0;
  private heldBytes = 0;
  private typicalBytes: number | null = null;

  constructor(private readonly bounds: WindowBounds) {}

  /** The bytes held reached the bound: read no further before messages are settled. */
  get full(): boolean {
    return this.heldBytes >= this.bounds.maxBytes;
  }

  /** All permits are used up: nothing more arrives before `take()` grants again. */
  get exhausted(): boolean {
    return this.granted === 0;
  }

  /**
   * The permits to grant now, 0 for none; they count as granted. Small remainders wait, as each grant is a frame of its
   * own, unless nothing else is on its way.
   */
  take(): number {
    const size = this.size();
    const free = size - this.granted - this.held;
    if (free <= 0 || (this.granted > 0 && free < size / 8)) return 0;
    this.granted += free;
    return free;
  }

  arrived(bytes: number): void {
    if (this.granted > 0) this.granted--;
    this.held++;
    this.heldBytes += bytes;
    // Large messages shrink the window within a few messages, small ones open it slowly.
    const typical = this.typicalBytes ?? bytes;
    this.typicalBytes = typical + (bytes - typical) / (bytes > typical ? 4 : 64);
  }

  settled(bytes: number): void {
    this.held--;
    this.heldBytes -= bytes;
  }

  /** A new connection: what the old one granted and delivered is void, the sizes seen stay. */
  reset(): void {
    this.granted = 0;
    this.held = 0;
    this.heldBytes = 0;
  }

  private size(): number {
    const { maxMessages, maxBytes } = this.bounds;
    const typical = Math.max(1, this.typicalBytes ?? LARGEST_MESSAGE_BYTES);
    return Math.max(1, Math.min(maxMessages, Math.floor(maxBytes / typical)));
  }
}
