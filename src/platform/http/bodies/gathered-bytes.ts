const LEAST_ROOM = 4_096;

/**
 * Bytes of a body that come in parts, in one Buffer that grows. A list of the parts would keep far more: undici's are views into
 * what was read from the connection, so a body that comes byte by byte between chunk extensions would keep 64 kB for each byte.
 */
export class GatheredBytes {
  private room: Buffer = Buffer.alloc(0);
  /** How many have come. */
  length = 0;

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

  /** All that came, not copied again. */
  get bytes(): Buffer {
    return this.room.subarray(0, this.length);
  }
}
