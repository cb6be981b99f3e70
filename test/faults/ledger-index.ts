import type { RejectionReason } from '../../src/events/domain/rejection.js';
import { HASH_BYTES } from './content.js';
import { decodeRecords, TOLD, type LedgerRecord } from './ledger.js';

/** One statement of a producer about one event, packed: millions are held. */
const STATEMENT_UNITS = 1 + 2 * HASH_BYTES;

export interface Statement {
  readonly told: number;
  readonly content: string;
  readonly payload: string;
}

/** The ledger in memory: what was told about each event, and which bytes must be dead letters. */
export class LedgerIndex {
  private readonly events = new Map<string, string>();
  /** Bytes that the broker has as an event: only these may be dead letters of a conflict. */
  private readonly published = new Set<string>();
  readonly poison = new Map<string, RejectionReason>();
  /** Since the last `takeRecent`. */
  private recent: LedgerRecord[] = [];

  add(records: Buffer): void {
    for (const record of decodeRecords(records)) {
      this.recent.push(record);
      if (record.told === TOLD.poison) {
        this.poison.set(record.payload, record.reason);
        continue;
      }
      if (record.told === TOLD.broker) this.published.add(record.payload);
      const statement = String.fromCharCode(record.told) + record.content + record.payload;
      const before = this.events.get(record.identity) ?? '';
      if (!before.includes(statement)) this.events.set(record.identity, before + statement);
    }
  }

  /** Distinct events of which a producer was told that they are stored. */
  get size(): number {
    return this.events.size;
  }

  identities(): IterableIterator<string> {
    return this.events.keys();
  }

  statements(identity: string): Statement[] {
    const packed = this.events.get(identity) ?? '';
    return Array.from({ length: packed.length / STATEMENT_UNITS }, (_, index) => {
      const at = index * STATEMENT_UNITS;
      return {
        told: packed.charCodeAt(at),
        content: packed.slice(at + 1, at + 1 + HASH_BYTES),
        payload: packed.slice(at + 1 + HASH_BYTES, at + STATEMENT_UNITS),
      };
    });
  }

  knows(identity: string): boolean {
    return this.events.has(identity);
  }

  wasPublished(payload: string): boolean {
    return this.published.has(payload);
  }

  takeRecent(): LedgerRecord[] {
    const taken = this.recent;
    this.recent = [];
    return taken;
  }
}
