const LEAST_ROOM = 4_096;

/**
 * Bytes that come in parts. They are copied, because a part is a view into what was read from the connection: a body that comes
 * byte by byte between other things (chunk extensions) would else keep 64 kB for each of its bytes.
 */
export class GatheredBytes {
  private room: Buffer = Buffer.alloc(0);
  private length = 0;

  add(part: Buffer): void {
    const length = this.length + part.length;
    if (length > this.room.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(LEAST_ROOM, length, 2 * this.room.length));
      this.room.copy(larger, 0, 0, this.length);
      this.room = larger;
    }
    part.copy(this.room, this.length);
    this.length = length;
  }

  /** All that came. It is not copied again. */
  get bytes(): Buffer {
    return this.room.subarray(0, this.length);
  }
}
