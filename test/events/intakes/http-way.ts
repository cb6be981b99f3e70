import { startApplication, type TestApplication } from '../../support/application.js';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.js';
import type { PlacedInput } from './rounds.js';
import { type Row, type SeenVerdict, storedRows, withoutMintedId } from './seen-verdict.js';

/** Before the table is read, a recorded event is known by its id alone. */
type Answer =
  | { readonly status: 'recorded' | 'duplicate' | 'accepted'; readonly eventId: string }
  | { readonly status: 'rejected'; readonly reason: string; readonly detail: string };

interface ItemResult {
  readonly status: 'recorded' | 'duplicate' | 'rejected';
  readonly event_id: string;
  readonly code: string;
  readonly detail: string;
}

interface ProblemBody {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly field: string }[];
}

/** A header would be stored with the click; over Pulsar there is none. */
const HEADERS = { 'content-type': 'application/json', 'user-agent': '' };
const STATUS: Readonly<Record<string, number>> = { too_large: 413, id_conflict: 409 };
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7/;

/** The whole service, spoken to over HTTP. */
export class HttpWay {
  private readonly answers = new Map<number, Answer>();

  private constructor(
    private readonly database: TestDatabase,
    readonly application: TestApplication,
  ) {}

  static async open(): Promise<HttpWay> {
    const database = await createTestDatabase();
    const application = await startApplication(database.url, { MAX_EVENT_AGE_DAYS: 400 });
    await application.database.connect();
    return new HttpWay(database, application);
  }

  /** The items as one request, then the clicks one after the other. */
  async send(inputs: readonly PlacedInput[]): Promise<void> {
    const items = inputs.filter(({ item }) => item);
    if (items.length > 0) await this.sendItems(items);
    for (const input of inputs) if (!input.item) await this.sendClick(input);
  }

  /** @throws Error where a recorded event has no row of its own */
  async verdicts(inputs: readonly PlacedInput[]): Promise<SeenVerdict[]> {
    const rows = (await storedRows(this.database.url)).map(({ row }) => row);
    // A click is alone in its millisecond; /track gives a repeat the same answer as the first.
    const byTime = new Map(rows.map((row) => [row.received_at, row]));
    const byId = new Map(rows.map((row) => [`${row.received_at} ${String(row.event_type)} ${row.event_id}`, row]));
    return inputs.map(({ n, type, bytes, receivedAt }): SeenVerdict => {
      const answer = this.answers.get(n)!;
      if (answer.status === 'rejected') return answer;
      if (answer.status === 'duplicate') return { status: 'duplicate' };
      const row =
        answer.status === 'accepted' ? byTime.get(receivedAt) : byId.get(`${receivedAt} ${type} ${answer.eventId}`);
      if (!row && answer.status === 'accepted') return { status: 'duplicate' };
      if (!row) throw new Error(`input ${n} was recorded as ${answer.eventId}, and has no row`);
      return { status: 'recorded', row: isMinted(row, bytes) ? withoutMintedId(row) : row };
    });
  }

  async close(): Promise<void> {
    await this.application.close();
    await this.database.drop();
  }

  private async sendItems(items: readonly PlacedInput[]): Promise<void> {
    const bodies = items.flatMap(({ bytes }, index) => (index === 0 ? [bytes] : [Buffer.from(','), bytes]));
    const body = Buffer.concat([Buffer.from('{"events":['), ...bodies, Buffer.from(']}')]);
    const { status, json } = await this.post('/events', items[0]!.receivedAt, body);
    const { results } = json as { results: ItemResult[] };
    if (status !== 200 || results.length !== items.length) throw new Error(`POST /events: ${status}`);
    results.forEach((result, index) => {
      const { status, event_id: eventId, code: reason, detail } = result;
      this.answers.set(items[index]!.n, status === 'rejected' ? { status, reason, detail } : { status, eventId });
    });
  }

  private async sendClick({ n, bytes, receivedAt }: PlacedInput): Promise<void> {
    const { status, json } = await this.post('/track', receivedAt, bytes);
    if (status === 201) {
      this.answers.set(n, { status: 'accepted', eventId: (json as { event_id: string }).event_id });
      return;
    }
    const { code: reason, detail, errors } = json as ProblemBody;
    if (status !== (STATUS[reason] ?? 400)) throw new Error(`POST /track: ${status} ${reason}`);
    const [error] = errors ?? [];
    this.answers.set(n, { status: 'rejected', reason, detail: error ? `${error.field}: ${detail}` : detail });
  }

  private async post(url: string, now: number, payload: Buffer): Promise<{ status: number; json: unknown }> {
    this.application.clock.time = now;
    const response = await this.application.app.inject({ method: 'POST', url, headers: HEADERS, payload });
    return { status: response.statusCode, json: response.json() };
  }
}

const isMinted = ({ event_id: id }: Row, bytes: Buffer) => UUID_V7.test(id as string) && !bytes.includes(id as string);
