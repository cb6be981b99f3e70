/** A message as the WebSocket service writes it. */
export interface ConsumerFrame {
  readonly messageId?: unknown;
  readonly payload?: unknown;
  readonly properties?: Record<string, string> | null;
  /** ISO 8601 with an offset. */
  readonly publishTime?: string;
  /** ISO 8601 as `publishTime`; absent when the producer set none. */
  readonly eventTime?: string;
  readonly key?: string;
  /** How the payload was encrypted; absent: it was not. */
  readonly encryptionContext?: {
    /** Messages in the payload, which is a whole batch; null: one, by itself. */
    readonly batchSize?: number | null;
  } | null;
}

export interface ReadFrame {
  readonly fields: ConsumerFrame;
  readonly data: Buffer;
}

/** From this size on the payload is decoded where it lies. As text it would stand twice in the heap: 13 MB for a message of 5 MB. */
const LARGE_FRAME_BYTES = 16 * 1024;
const PAYLOAD = Buffer.from('"payload":"');
const QUOTE = 0x22;
/** Characters of base64 decoded at once, a multiple of 4: short-lived and small. */
const DECODED_AT_ONCE = 32 * 1024;

/** @throws SyntaxError when the text is not JSON */
export function readConsumerFrame(text: Buffer): ReadFrame {
  return (text.length > LARGE_FRAME_BYTES && readLarge(text)) || readSmall(text);
}

function readSmall(text: Buffer): ReadFrame {
  const fields = parse(text);
  const payload = typeof fields.payload === 'string' ? fields.payload : '';
  const data = Buffer.from(payload, 'base64');
  return { fields, data };
}

/** Null when the first `"payload"` is not the message's own (a property may have the name). Base64 has nothing to escape. */
function readLarge(text: Buffer): ReadFrame | null {
  const start = text.indexOf(PAYLOAD) + PAYLOAD.length;
  const end = text.indexOf(QUOTE, start);
  if (start < PAYLOAD.length || end < 0) return null;
  const fields = parse(Buffer.concat([text.subarray(0, start), text.subarray(end)]));
  if (fields.payload !== '') return null;
  const data = decodeBase64(text, start, end);
  return { fields, data };
}

const parse = (text: Buffer) => JSON.parse(text.toString()) as ConsumerFrame;

function decodeBase64(text: Buffer, start: number, end: number): Buffer {
  const data = Buffer.allocUnsafe(Math.ceil((end - start) / 4) * 3);
  let written = 0;
  for (let at = start; at < end; at += DECODED_AT_ONCE) {
    written += data.write(text.toString('latin1', at, Math.min(at + DECODED_AT_ONCE, end)), written, 'base64');
  }
  return data.subarray(0, written);
}
