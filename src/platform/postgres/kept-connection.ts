import { Client, type QueryConfig, type QueryResultRow } from 'pg';
import { inTime } from '../clock/in-time.js';
import { DatabaseUnavailable } from './database-unavailable.js';
import { rowsOf } from './read-until-aborted.js';

/**
 * One connection beside the pools, for short statements that must not wait behind others. It is opened when it is first
 * needed, and opened anew after it has broken or a statement has taken too long.
 */
export class KeptConnection {
  private opened: Promise<Client> | null = null;
  private closed = false;
  private underWay = 0;

  constructor(
    private readonly address: () => string | undefined,
    /** The name for `application_name`. */
    private readonly purpose: string,
    /** The time for a statement, and for opening the connection before it if there is none. */
    private readonly timeoutMs: number,
    /** Parameters of PostgreSQL for all its statements. */
    private readonly parameters: Readonly<Record<string, string>> = {},
  ) {}

  /** Whether a statement would be sent at once. */
  get isIdle(): boolean {
    return this.underWay === 0;
  }

  /** One after the other, in the order of the calls. @throws {TooLate} @throws {DatabaseUnavailable} once it is closed */
  async read<Row extends QueryResultRow>(statement: QueryConfig): Promise<Row[]> {
    if (this.closed) throw new DatabaseUnavailable('the service is stopping');
    const opened = (this.opened ??= this.open());
    this.underWay += 1;
    try {
      const answered = opened.then((client) => client.query<Row>(statement));
      return rowsOf(await inTime(answered, this.timeoutMs, `a statement of ${this.purpose}`));
    } catch (error) {
      this.drop(opened);
      throw error;
    } finally {
      this.underWay -= 1;
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const opened = this.opened;
    this.opened = null;
    await opened?.then((client) => client.end()).catch(() => undefined); // it may never have opened, or be closed already
  }

  private open(): Promise<Client> {
    const client = new Client({
      connectionString: this.address(),
      connectionTimeoutMillis: this.timeoutMs,
      statement_timeout: this.timeoutMs,
      keepAlive: true,
      application_name: `monitoreo-${this.purpose}`,
      options: Object.entries({ timezone: 'UTC', ...this.parameters })
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
    });
    // Between two statements nobody else hears this error. The next statement opens a new connection.
    client.on('error', () => this.drop(opened));
    const opened = client.connect().then(() => client);
    return opened;
  }

  private drop(broken: Promise<Client>): void {
    if (this.opened === broken) this.opened = null;
    broken.then((client) => client.end()).catch(() => undefined);
  }
}
