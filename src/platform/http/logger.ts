import type { LoggerService } from '@nestjs/common';
import { pino, type Logger as Pino } from 'pino';

/** The service's log: JSON lines on stdout. Secrets never reach it: configuration and headers are not logged whole. */
export abstract class Logger {
  abstract debug(fields: object, message: string): void;
  abstract info(fields: object, message: string): void;
  abstract warn(fields: object, message: string): void;
  abstract error(fields: object, message: string): void;
}

export const createLogger = (level: string, environment: string): Pino =>
  pino({ level, base: { env: environment }, redact: ['req.headers.authorization', 'req.headers["x-api-token"]'] });

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
