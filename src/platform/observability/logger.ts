import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, pino, type Logger as Pino, type SerializedError } from 'pino';

/**
 * The service's log: JSON lines on stdout. Secrets never reach it (configuration and headers are not logged whole), and
 * what people did does not either: PostgreSQL quotes the row that it refuses.
 */
export abstract class Logger {
  abstract debug(fields: object, message: string): void;
  abstract info(fields: object, message: string): void;
  abstract warn(fields: object, message: string): void;
  abstract error(fields: object, message: string): void;
}

export const createLogger = (level: string, environment: string, destination?: DestinationStream): Pino => {
  const options = {
    level,
    base: { env: environment },
    redact: ['req.headers.authorization', 'req.headers["x-api-token"]'],
    serializers: { err: withoutData },
  };
  return destination ? pino(options, destination) : pino(options);
};

/** The members in which errors of PostgreSQL and TypeORM repeat values of a statement. */
const QUOTING = ['detail', 'where', 'internalQuery', 'parameters', 'driverError'];

function withoutData(error: Error): SerializedError {
  const serialized: SerializedError = pino.stdSerializers.err(error);
  for (const key of QUOTING) delete serialized[key];
  return serialized;
}

/** Nest's own messages on the same pino instance that Fastify uses. */
export class NestLog implements LoggerService {
  constructor(private readonly pino: Pino) {}

  log = (message: unknown, ...rest: unknown[]) => this.write('debug', message, rest);
  warn = (message: unknown, ...rest: unknown[]) => this.write('warn', message, rest);
  error = (message: unknown, ...rest: unknown[]) => this.write('error', message, rest);
  fatal = (message: unknown, ...rest: unknown[]) => this.write('fatal', message, rest);
  debug = (message: unknown, ...rest: unknown[]) => this.write('debug', message, rest);
  verbose = (message: unknown, ...rest: unknown[]) => this.write('trace', message, rest);

  private write(level: 'trace' | 'debug' | 'warn' | 'error' | 'fatal', message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    if (message instanceof Error) this.pino[level]({ context, err: message }, message.message);
    else this.pino[level]({ context, rest: rest.slice(0, -1) }, String(message));
  }
}
