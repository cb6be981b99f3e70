import type { WindowBounds } from '../../permit-window.js';

/** The largest message of a standard broker, which the first permits assume. */
const LARGEST_MESSAGE_BYTES = 5 * 1024 * 1024;
/** Grants below this part of the window wait, as each is a command of its own, unless the broker has none left. */
const SMALLEST_GRANT = 1 / 8;
/** Small messages open the window slowly, large ones shrink it at once. */
const OPENING_MESSAGES = 64;

/**
 * Permits, as the broker counts them: it sends while they are above zero, and takes one for each message of an entry, so that
 * an entry of many brings them far below. Kept by entry; sizes that jump can exceed the bytes: then `full` says to stop reading.
 */
export class PermitAccount {
  /** The permits that the broker has left, by its own count. */
  private granted = 0;
  private messages = 0;
  private bytes = 0;
  private typicalBytes: number | null = null;

  /** @param bounds can change: a topic that grows shares them among more partitions */
  constructor(private readonly bounds: () => WindowBounds) {}

  /** Messages that were delivered and are not settled. */
  get held(): { messages: number; bytes: number } {
    return { messages: this.messages, bytes: this.bytes };
  }

  /** The bytes held reached the bound: read no further before messages are settled. */
  get full(): boolean {
    return this.bytes >= this.bounds().maxBytes;
  }

  /** Nothing more arrives before `take()` grants again. */
  get exhausted(): boolean {
    return this.granted <= 0;
  }

  /** An entry came. @param messages of it that are delivered, with that many bytes; the broker took `cost` for it. */
  arrived(cost: number, messages: number, bytes: number): void {
    this.granted -= cost;
    this.messages += messages;
    this.bytes += bytes;
    if (messages === 0) return;
    const each = bytes / messages;
    const before = this.typicalBytes ?? each;
    const weight = each > before ? 1 : Math.min(1, messages / OPENING_MESSAGES);
    this.typicalBytes = before + (each - before) * weight;
  }

  settled(messages: number, bytes: number): void {
    this.messages -= messages;
    this.bytes -= bytes;
  }

  /**
   * The permits to grant now, 0 for none; they count as granted.
   * @param atLeastOne the broker must keep one, whatever is held: an unfinished message waits for its next chunk
   */
  take(atLeastOne = false): number {
    const size = this.size();
    const room = size - this.granted - this.messages;
    const due = room > 0 && (this.granted <= 0 || room >= size * SMALLEST_GRANT);
    const free = due ? room : 0;
    const permits = atLeastOne ? Math.max(free, 1 - this.granted) : free;
    if (permits <= 0) return 0;
    this.granted += permits;
    return permits;
  }

  /** A new connection: what the old one granted and delivered is void, the sizes seen stay. */
  reset(): void {
    this.granted = 0;
    this.messages = 0;
    this.bytes = 0;
  }

  private size(): number {
    const { maxMessages, maxBytes } = this.bounds();
    const typical = Math.max(1, this.typicalBytes ?? LARGEST_MESSAGE_BYTES);
    return Math.max(1, Math.min(maxMessages, Math.floor(maxBytes / typical)));
  }
}
