import { open, type FileHandle } from 'node:fs/promises';
import { EVENT_TYPES } from '../../src/events/domain/incoming-event.js';
import { REASON_CODES, type RejectionReason } from '../../src/events/domain/rejection.js';
import { contentHash, HASH_BYTES, identityHash, payloadHash } from './content.js';
import type { Outgoing } from './event-stream.js';

/** The answer that a producer got to something that it sent. */
export const TOLD = {
  /** The broker confirmed the message. */
  broker: 1,
  /** HTTP answered recorded or duplicate. */
  http: 2,
  /** HTTP answered id_conflict: other content was there first. */
  httpConflict: 3,
  /** The broker confirmed a message that must become a dead letter. */
  poison: 4,
} as const;
export type Told = (typeof TOLD)[keyof typeof TOLD];

/** kind, type or reason, occurred_at, identity, content, payload */
export const RECORD_BYTES = 1 + 1 + 8 + 3 * HASH_BYTES;

export function encodeRecord(told: Told, sent: Outgoing): Buffer {
  const record = Buffer.alloc(RECORD_BYTES);
  record[0] = told;
  payloadHash(sent.payload).copy(record, 10 + 2 * HASH_BYTES);
  if (sent.content === null) {
    record[1] = REASON_CODES.indexOf(sent.reason!);
    return record;
  }
  record[1] = EVENT_TYPES.indexOf(sent.type);
  record.writeDoubleBE(sent.content.occurredAt, 2);
  identityHash(sent.type, sent.content.eventId).copy(record, 10);
  contentHash(sent.content).copy(record, 10 + HASH_BYTES);
  return record;
}

/** Hashes as strings of one unit a byte: they are keys of maps. */
export interface LedgerRecord {
  readonly told: Told;
  readonly reason: RejectionReason;
  readonly occurredAt: number;
  readonly identity: string;
  readonly content: string;
  readonly payload: string;
}

export function* decodeRecords(records: Buffer): Generator<LedgerRecord> {
  for (let at = 0; at < records.length; at += RECORD_BYTES) {
    const hash = (index: number) =>
      records.toString('latin1', at + 10 + index * HASH_BYTES, at + 10 + (index + 1) * HASH_BYTES);
    yield {
      told: records[at] as Told,
      reason: REASON_CODES[records[at + 1]!]!,
      occurredAt: records.readDoubleBE(at + 2),
      identity: hash(0),
      content: hash(1),
      payload: hash(2),
    };
  }
}

/** Append-only and fsynced: what it took stays told, whatever is killed afterwards. */
export class LedgerFile {
  private constructor(private readonly file: FileHandle) {}

  static async create(path: string): Promise<LedgerFile> {
    return new LedgerFile(await open(path, 'ax'));
  }

  async append(records: Buffer): Promise<void> {
    await this.file.appendFile(records);
    await this.file.datasync();
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
