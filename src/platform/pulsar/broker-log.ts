/** The part of a logger that the adapters use; pino has it. */
export interface BrokerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
