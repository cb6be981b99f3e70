import { deriveMessageKey } from '../../../src/events/domain/event-identity.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.js';
import { ScriptedBroker } from '../../support/scripted-broker.js';
import { eventually } from '../../support/waiting.js';
import type { PlacedInput } from './rounds.js';
import { type SeenVerdict, storedLetters, storedRows, withoutMintedId } from './seen-verdict.js';

const SETTLED_MS = 20_000;
const TOPICS = { click: 'clicks', conversion: 'conversions', sale: 'sales' } as const;
const LEDGER = 1;

/** The whole consumer on the real WebSocket adapter; only the broker's end of the sockets is scripted. */
export class PulsarWay {
  private delivered = 0;

  private constructor(
    private readonly broker: ScriptedBroker,
    private readonly database: TestDatabase,
    readonly application: TestApplication,
  ) {}

  static async open(): Promise<PulsarWay> {
    const broker = await ScriptedBroker.start();
    const database = await createTestDatabase();
    const application = await startApplication(database.url, {
      PULSAR_SERVICE_URL: broker.url,
      MAX_EVENT_AGE_DAYS: 400,
      // Two batches in flight may commit in any order, but the first sent of two events with one id must be recorded.
      WRITER_CONNECTIONS: 1,
    });
    await application.database.connect();
    await eventually(() => Object.values(TOPICS).forEach((topic) => broker.consumerOf(topic)), {
      within: SETTLED_MS,
      what: 'all topics are consumed',
    });
    return new PulsarWay(broker, database, application);
  }

  /** Resolves when every message is acknowledged. */
  async send(inputs: readonly PlacedInput[]): Promise<void> {
    for (const { n, type, bytes, receivedAt } of inputs) {
      const frame = {
        messageId: encodedId(n),
        payload: bytes.toString('base64'),
        publishTime: new Date(receivedAt).toISOString(),
      };
      this.broker.deliver(frame, this.broker.consumerOf(TOPICS[type]));
    }
    this.delivered += inputs.length;
    const settled = () => this.broker.acknowledged.length >= this.delivered;
    await eventually(settled, { within: SETTLED_MS, what: `${this.delivered} messages are acknowledged` });
  }

  /** A dead letter, a row of the message's own, or neither: a duplicate. @throws Error where a letter has other bytes */
  async verdicts(inputs: readonly PlacedInput[]): Promise<SeenVerdict[]> {
    const letters = new Map((await storedLetters(this.database.url)).map((letter) => [letter.message_id, letter]));
    const rows = new Map((await storedRows(this.database.url)).map(({ messageId, row }) => [messageId, row]));
    return inputs.map(({ n, type, bytes, receivedAt }): SeenVerdict => {
      const messageId = `${LEDGER}:${n}:-1:-1`;
      const letter = letters.get(messageId);
      const row = rows.get(messageId);
      if (letter && row) throw new Error(`${messageId} is an event and a dead letter`);
      if (letter && !letter.payload.equals(bytes)) throw new Error(`the dead letter of ${messageId} has other bytes`);
      if (letter) return { status: 'rejected', reason: letter.reason, detail: letter.detail };
      if (!row) return { status: 'duplicate' };
      const topic = `persistent://public/default/${TOPICS[type]}`;
      const derived = deriveMessageKey({ cluster: 'standalone', topic, messageId, publishedAt: receivedAt });
      return { status: 'recorded', row: row.event_key === derived ? withoutMintedId(row) : row };
    });
  }

  async close(): Promise<void> {
    await this.application.close();
    await this.broker.close();
    await this.database.drop();
  }
}

/** Protobuf, base64: ledger and entry. */
const encodedId = (entry: number) => Buffer.from([0x08, LEDGER, 0x10, ...varint(entry)]).toString('base64');

const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]);
