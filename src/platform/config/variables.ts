import { parseFailpoint } from '../failpoint.js';
import { boolean, choice, integer, parsed, secret, text, url, type Variable } from './variable.js';

/**
 * Every variable the service reads, with its default. A variable is declared with the work that uses it.
 * README, `.env` and Compose name the same set (test/platform/config/variables.unit.spec.ts).
 */
export const VARIABLES = {
  APP_ENV: text({ default: 'dev', about: 'name of the environment, shown in logs' }),
  DEBUG: boolean({ default: false, about: 'debug logging' }),
  LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], {
    default: null,
    about: 'least severe level logged; unset: info, with DEBUG debug',
  }),

  HOST: text({ default: '127.0.0.1', about: 'address the HTTP server listens on' }),
  PORT: integer({ default: 8082, min: 0, max: 65535, about: 'port of the HTTP server; 0 takes a free one' }),
  API_TOKEN: secret({
    default: null,
    synonyms: ['HEATMAP_API_TOKEN'],
    about: 'guards what writes and what operates the service',
  }),
  ALLOW_ANONYMOUS: boolean({ default: false, about: 'accept a public HOST without API_TOKEN' }),

  DATABASE_URL: url(['postgresql', 'postgres'], {
    default: null,
    about: 'PostgreSQL; unset: the service runs its own',
  }),
  WRITER_CONNECTIONS: integer({ default: 2, min: 1, max: 16, about: 'connections that record events' }),
  READER_CONNECTIONS: integer({ default: 4, min: 1, max: 64, about: 'connections that answer queries' }),
  READ_TIMEOUT_MS: integer({ default: 5000, min: 100, max: 600_000, about: 'longest query of a reader, milliseconds' }),
  METRICS_CACHE_MS: integer({
    default: 1000,
    min: 0,
    max: 60_000,
    about: 'how long equal questions for figures share one answer, milliseconds, and the ticks of their now; 0: never',
  }),

  PULSAR_SERVICE_URL: url(['pulsar', 'pulsar+ssl', 'ws', 'wss'], {
    default: null,
    about: 'Pulsar; unset: the service runs its own',
  }),
  PULSAR_HOST: text({
    default: null,
    synonyms: ['BROKER_HOST'],
    about: 'host of Pulsar, port 6650, when PULSAR_SERVICE_URL is unset',
  }),
  PULSAR_WEB_URL: url(['http', 'https'], { default: null, about: "the broker's HTTP address; unset: same host, 8080" }),
  PULSAR_TOKEN: secret({ default: null, about: 'token (JWT) for Pulsar' }),
  PULSAR_TLS_CA_FILE: text({
    default: null,
    about: 'PEM file of the authority that signed the broker, for TLS addresses',
  }),
  PULSAR_CLUSTER: text({ default: 'standalone', about: "the cluster's name, part of a derived identity" }),
  PULSAR_TOPIC_CLICKS: text({ default: 'clicks', about: 'topic of clicks, short or full name' }),
  PULSAR_TOPIC_CONVERSIONS: text({ default: 'conversions', about: 'topic of conversions' }),
  PULSAR_TOPIC_SALES: text({ default: 'sales', about: 'topic of sales' }),
  PULSAR_SUBSCRIPTION: text({ default: 'monitoreo', about: 'name of the subscription' }),
  PULSAR_SUBSCRIPTION_TYPE: choice(['Shared', 'Failover'], {
    default: 'Shared',
    about: 'Failover: ordered, cumulative acknowledgement, one active consumer per partition',
  }),
  PULSAR_IN_FLIGHT_MESSAGES: integer({
    default: 8000,
    min: 1,
    max: 20_000,
    about: 'messages per topic received and not yet acknowledged',
  }),
  PULSAR_IN_FLIGHT_MB: integer({
    default: 3,
    min: 1,
    max: 1024,
    about: 'payload, keys and properties per topic received and not yet acknowledged, MB',
  }),

  MAX_EVENT_AGE_DAYS: integer({
    default: 400,
    min: 1,
    max: 36_500,
    about: 'oldest event accepted, days before it was received',
  }),
  RETENTION_DAYS: integer({
    default: null,
    min: 1,
    max: 36_500,
    about: 'days that events are kept, in whole weeks; unset: for ever',
  }),
  DEAD_LETTER_RETENTION_DAYS: integer({
    default: null,
    min: 1,
    max: 36_500,
    about: 'days that open dead letters are kept; unset: for ever (replayed ones: 30 days, or less)',
  }),
  DRAIN_TIMEOUT_MS: integer({
    default: 8000,
    min: 100,
    max: 9500,
    about: 'longest wait for work in flight at shutdown, milliseconds',
  }),
  FAILPOINT: parsed(parseFailpoint, {
    default: null,
    about: 'for fault tests: name:action or name:action:nth, where this process is to misbehave; refused in production',
  }),
  DATA_DIR: text({ default: '.data', about: 'folder of the own PostgreSQL and Pulsar' }),
} satisfies Record<string, Variable<unknown>>;

export type Settings = { readonly [Name in keyof typeof VARIABLES]: ReturnType<(typeof VARIABLES)[Name]['parse']> };
