const SIZE_BYTES = 4;

/**
 * Cuts what arrives into frames. A frame that lies whole in one piece is read there; one that is spread over several is put
 * together once, in memory of its own size.
 */
export class FrameReader {
  private readonly pieces: Buffer[] = [];
  /** The place in the first piece. */
  private offset = 0;
  private readonly head = Buffer.alloc(SIZE_BYTES);
  private headBytes = 0;
  private spread: Buffer | null = null;
  private filled = 0;
  private held = false;
  private reading = false;

  /**
   * @param maxBytes a longer frame is none: the stream is broken
   * @param onFrame where a frame lies, without its size
   */
  constructor(
    public maxBytes: number,
    private readonly onFrame: (bytes: Buffer, start: number, end: number) => void,
  ) {}

  /** @returns the size of a frame that cannot be one; null while all is well */
  push(piece: Buffer): number | null {
    this.pieces.push(piece);
    return this.run();
  }

  /** No frame is handed out before `resume()`, not even one that is here already. */
  pause(): void {
    this.held = true;
  }

  /** @returns as `push()` */
  resume(): number | null {
    this.held = false;
    return this.run();
  }

  private run(): number | null {
    if (this.reading) return null; // a frame's reader resumed: the loop below goes on by itself
    this.reading = true;
    let wrong: number | null = null;
    while (wrong === null && !this.held && this.pieces.length > 0) {
      const piece = this.pieces[0]!;
      if (this.offset < piece.length) wrong = this.spread ? this.fill(piece) : this.begin(piece);
      if (this.offset >= piece.length) {
        this.pieces.shift();
        this.offset = 0;
      }
    }
    this.reading = false;
    return wrong;
  }

  private begin(piece: Buffer): number | null {
    const start = this.offset;
    if (this.headBytes === 0 && piece.length - start >= SIZE_BYTES) {
      const size = piece.readUInt32BE(start);
      if (!this.fits(size)) return size;
      const end = start + SIZE_BYTES + size;
      if (end <= piece.length) {
        this.offset = end;
        this.onFrame(piece, start + SIZE_BYTES, end);
        return null;
      }
      this.offset += SIZE_BYTES;
      this.gather(size);
      return null;
    }
    this.head[this.headBytes++] = piece[this.offset++]!;
    if (this.headBytes < SIZE_BYTES) return null;
    this.headBytes = 0;
    const size = this.head.readUInt32BE(0);
    if (!this.fits(size)) return size;
    this.gather(size);
    return null;
  }

  private gather(size: number): void {
    this.spread = Buffer.allocUnsafeSlow(size);
    this.filled = 0;
  }

  private fill(piece: Buffer): null {
    const frame = this.spread!;
    const copied = piece.copy(frame, this.filled, this.offset);
    this.offset += copied;
    this.filled += copied;
    if (this.filled < frame.length) return null;
    this.spread = null;
    this.onFrame(frame, 0, frame.length);
    return null;
  }

  private fits(size: number): boolean {
    return size >= SIZE_BYTES && size <= this.maxBytes;
  }
}
