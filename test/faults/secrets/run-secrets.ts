import { Canaries } from '../../support/canaries.js';

const ROLE = 'service';

/** The secrets that all services of a fault run are configured with. Each is a canary. */
export class RunSecrets {
  private constructor(
    readonly canaries: Canaries,
    readonly apiToken: string,
    private readonly databasePassword: string,
    /** Configuration of the services, their database apart. Reads need a key, so that every route asks for one. */
    readonly env: Readonly<Record<string, string>>,
  ) {}

  static make(): RunSecrets {
    const canaries = new Canaries();
    const apiToken = canaries.make('API_TOKEN');
    return new RunSecrets(canaries, apiToken, canaries.make('the password of PostgreSQL'), {
      API_TOKEN: apiToken,
      PULSAR_TOKEN: canaries.make('PULSAR_TOKEN'),
      MERGE_TOKEN: canaries.make('MERGE_TOKEN'),
      ERASURE_KEY: canaries.make('ERASURE_KEY'),
      READS: 'key',
      PUBLIC_WRITES: 'key',
      // What is logged to find a mistake may not show them either.
      LOG_LEVEL: 'debug',
    });
  }

  /** For faults that are planted: what is found of them is not found of the run. */
  apart(): RunSecrets {
    return new RunSecrets(this.canaries.apart(), this.apiToken, this.databasePassword, this.env);
  }

  /** Makes the role that the services are in PostgreSQL. */
  get roleStatement(): string {
    return `create role ${ROLE} login superuser password '${this.databasePassword}'`;
  }

  /** A database as the services are told it. */
  inAddress(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    [url.username, url.password] = [ROLE, this.databasePassword];
    return url.href;
  }
}
