import { Query, type ClientBase, type Connection } from 'pg';

/**
 * A COPY FROM STDIN whose data is sent with it, without waiting to be asked: on a connection whose statements are
 * pipelined it costs no round trip of its own. When the statement fails, PostgreSQL ignores the data.
 */
class CopyIn extends Query {
  constructor(
    private readonly statement: string,
    /** CopyData and CopyDone, as BinaryCopy makes them. */
    private readonly messages: Buffer,
    done: (error: Error | undefined) => void,
  ) {
    super(statement, done);
  }

  override submit = (connection: Connection): void => {
    connection.query(this.statement);
    connection.stream.write(this.messages);
  };

  /** Called when PostgreSQL asks for the data, which is on its way. */
  handleCopyInResponse(): void {}
}

/** Resolves when PostgreSQL has taken every row. */
export const copyIn = (client: ClientBase, statement: string, messages: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    client.query(new CopyIn(statement, messages, (error) => (error ? reject(error) : resolve())));
  });
