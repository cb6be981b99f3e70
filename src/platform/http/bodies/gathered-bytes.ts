/** Up to this the bytes are copied as they grow, which is faster for few. */
const COPIED_BYTES = 65_536;
const LEAST_ROOM = 4_096;

/**
 * Bytes of a body that come in parts, in one piece. A list of the parts would keep far more: undici's are views into what was read
 * from the connection, so a body that comes byte by byte between chunk extensions would keep 64 kB for each byte. Many bytes grow
 * in place, so that no collection of garbage is waited for to let go of smaller pieces before, or of the whole.
 */
export class GatheredBytes {
  private room: ArrayBuffer = new ArrayBuffer(0);
  private view = new Uint8Array(this.room);
  /** How many have come. */
  length = 0;

  /** @param most of them that come at all: nobody may add more */
  constructor(private readonly most: number) {}

  add(part: Uint8Array): void {
    const length = this.length + part.length;
    if (length > this.room.byteLength) this.grow(Math.max(LEAST_ROOM, length, 2 * this.room.byteLength));
    this.view.set(part, this.length);
    this.length = length;
  }

  /** All that came, not copied again. */
  get bytes(): Buffer {
    return Buffer.from(this.room, 0, this.length);
  }

  /** Nobody needs them any longer. */
  free(): void {
    if (this.room.resizable) this.room.resize(0);
    this.view = new Uint8Array((this.room = new ArrayBuffer(0)));
    this.length = 0;
  }

  private grow(wanted: number): void {
    const bytes = Math.min(wanted, this.most);
    if (this.room.resizable) return this.room.resize(bytes);
    const { view } = this;
    this.room = new ArrayBuffer(bytes, bytes <= COPIED_BYTES ? {} : { maxByteLength: this.most });
    this.view = new Uint8Array(this.room);
    this.view.set(view);
  }
}
