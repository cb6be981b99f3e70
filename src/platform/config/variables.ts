import { checkTrackerOrigins, CorsOrigins } from '../http/connection/cors-origins.js';
import { TrustedProxies } from '../http/connection/trusted-proxies.js';
import { parseFailpoint, type Failpoints } from '../failpoint.js';
import { checkCertificateFile, checkKeyFile } from '../pulsar/credentials/certificates.js';
import { checkIssuerUrl } from '../pulsar/credentials/oauth2-token.js';
import { PULSAR_CLIENTS } from '../pulsar/message-broker.port.js';
import { checkHost, checkServiceUrl, checkWebUrl } from '../pulsar/service-address.js';
import {
  boolean,
  checked,
  checkedUnseen,
  choice,
  inFile,
  integer,
  parsed,
  secret,
  text,
  token,
  url,
  type ValuesOf,
  type Variables,
} from './variable.js';

/**
 * Every variable that the platform reads, with its default; a slice declares its own. A variable is declared with the work
 * that uses it. docs/configuration.md, `.env` and Compose name the same set (test/platform/config/variables.unit.spec.ts).
 *
 * @param failpoints all that are declared: what FAILPOINT may name.
 */
export const platformVariables = (failpoints: Failpoints) =>
  ({
    APP_ENV: text({ default: 'dev', about: 'name of the environment, shown in logs' }),
    DEBUG: boolean({ default: false, about: 'debug logging' }),
    LOG_LEVEL: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], {
      default: null,
      about: 'least severe level logged; unset: info, with DEBUG debug',
    }),

    HOST: text({
      default: '127.0.0.1',
      olderNames: ['UVICORN_HOST'],
      about: 'address the HTTP server listens on; localhost: both loopback addresses',
    }),
    PORT: integer({
      default: 8082,
      min: 0,
      max: 65535,
      olderNames: ['UVICORN_PORT'],
      about: 'port of the HTTP server; 0 takes a free one',
    }),
    API_TOKEN: token({
      default: null,
      synonyms: ['HEATMAP_API_TOKEN'],
      about: 'guards what writes and what operates the service',
    }),
    MAX_CONNECTIONS: integer({
      default: 12_000,
      min: 10,
      max: 1_000_000,
      about: 'connections of clients at once; more are closed at once',
    }),
    ALLOW_ANONYMOUS: boolean({ default: false, about: 'accept a public HOST without API_TOKEN' }),

    MAX_EVENT_LOOP_DELAY_MS: integer({
      default: 100,
      min: 0,
      max: 60_000,
      about: 'mean delay of the event loop above which requests are 503 overloaded, milliseconds; 0: never',
    }),
    CORS_ORIGINS: parsed((text) => CorsOrigins.parse(text), {
      default: null,
      about: 'origins of other pages that may ask with a key of their own, separated by commas; never with the cookie',
    }),
    TRACKER_ORIGINS: checked(checkTrackerOrigins, {
      default: '*',
      about: 'origins of pages that may send clicks, views and votes, separated by commas; *: every page',
    }),
    TRUSTED_PROXIES: parsed((text) => TrustedProxies.parse(text), {
      default: null,
      about: 'addresses and networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed',
    }),

    DATABASE_URL: inFile(
      url(['postgresql', 'postgres'], {
        default: null,
        about: 'PostgreSQL; unset: the service runs its own',
      }),
    ),
    WRITER_CONNECTIONS: integer({ default: 2, min: 1, max: 16, about: 'connections that write' }),
    READER_CONNECTIONS: integer({
      default: 4,
      min: 1,
      max: 64,
      about: 'connections that answer queries; slow ones, which no index answers, take all but two of them',
    }),
    READ_TIMEOUT_MS: integer({
      default: 5000,
      min: 100,
      max: 600_000,
      about: 'longest query of a reader, milliseconds',
    }),

    PULSAR_SERVICE_URL: checkedUnseen(checkServiceUrl, {
      default: null,
      about: 'Pulsar; unset: the service runs its own',
    }),
    PULSAR_HOST: checkedUnseen(checkHost, {
      default: null,
      synonyms: ['BROKER_HOST'],
      about: 'host of Pulsar, port 6650, when PULSAR_SERVICE_URL is unset',
    }),
    PULSAR_WEB_URL: checkedUnseen(checkWebUrl, {
      default: null,
      about: "the broker's HTTP address; unset: same host, 8080",
    }),
    PULSAR_TOKEN: token({ default: null, about: 'token (JWT) for Pulsar' }),
    PULSAR_TLS_CA_FILE: checked(checkCertificateFile, {
      default: null,
      about: 'PEM file of the authority that signed the broker, for TLS addresses',
    }),
    PULSAR_TLS_CERT_FILE: checked(checkCertificateFile, {
      default: null,
      about: 'PEM file of the certificate that this service shows to the broker, for TLS addresses',
    }),
    PULSAR_TLS_KEY_FILE: checked(checkKeyFile, { default: null, about: 'PEM file of its private key' }),
    PULSAR_OAUTH2_ISSUER_URL: checkedUnseen(checkIssuerUrl, {
      default: null,
      about: 'issuer of tokens for Pulsar by OAuth 2.0 client credentials, instead of PULSAR_TOKEN',
    }),
    PULSAR_OAUTH2_CLIENT_ID: text({ default: null, about: 'who asks the issuer' }),
    PULSAR_OAUTH2_CLIENT_SECRET: secret({ default: null, about: 'proves it' }),
    PULSAR_OAUTH2_AUDIENCE: text({ default: null, about: 'whom the tokens are for, where the issuer wants to know' }),
    PULSAR_OAUTH2_SCOPE: text({ default: null, about: 'what the tokens are for, where the issuer wants to know' }),
    PULSAR_CLIENT: choice(PULSAR_CLIENTS, {
      default: null,
      about: 'how to talk to Pulsar; unset: direct for pulsar://, websocket for ws://',
    }),

    DRAIN_TIMEOUT_MS: integer({
      default: 8000,
      min: 100,
      max: 9500,
      about: 'longest wait for work in flight at shutdown, milliseconds',
    }),
    FAILPOINT: parsed(parseFailpoint(failpoints), {
      default: null,
      about:
        'for fault tests: name:action or name:action:nth, where this process is to misbehave; refused in production',
    }),
    DATA_DIR: text({ default: '.data', about: 'folder of the own PostgreSQL and Pulsar' }),
  }) satisfies Variables;

/** The values of the platform's own. */
export type Settings = ValuesOf<ReturnType<typeof platformVariables>>;
