import type { Config } from '../config/config.js';
import type { Logger } from '../observability/logger.js';
import { AdminApi } from './admin/admin-api.js';
import { readCertificates, readClientCertificate } from './credentials/certificates.js';
import { AbsentBroker } from './late/absent-broker.js';
import type { LateAddress } from './late/late-address.js';
import { LateBroker } from './late/late-broker.js';
import { OAuth2Token } from './credentials/oauth2-token.js';
import type { TokenSource } from './credentials/token-source.js';
import type { MessageBroker } from './message-broker.port.js';
import { openBroker } from './open-broker.js';
import { resolveServiceAddress } from './service-address.js';

/** The broker of the configuration; where that has no address, one at `late` once it is known, or one that is never there. */
export function brokerFor(config: Config, log: Logger, late: LateAddress | null = null): Promise<MessageBroker> {
  const { settings, pulsarOff } = config;
  const { PULSAR_SERVICE_URL: serviceUrl, PULSAR_WEB_URL: webUrl } = settings;
  const open = (address: { serviceUrl: string; webUrl: string | null }) =>
    openBroker({
      serviceUrl: address.serviceUrl,
      webUrl: address.webUrl ?? undefined,
      token: tokenSource(config),
      client: settings.PULSAR_CLIENT,
      caFile: settings.PULSAR_TLS_CA_FILE,
      certificateFiles: certificateFiles(config),
      log,
    });
  if (serviceUrl !== null) return open({ serviceUrl, webUrl });
  if (late !== null) return Promise.resolve(new LateBroker(late, open));
  return Promise.resolve(new AbsentBroker(pulsarOff ?? 'PULSAR_SERVICE_URL is not set'));
}

/** The REST API of the broker that the configuration names. @throws Error where there is no address */
export function adminApiFor(config: Config): AdminApi {
  const { PULSAR_SERVICE_URL: serviceUrl, PULSAR_WEB_URL: webUrl, PULSAR_TLS_CA_FILE: caFile } = config.settings;
  if (serviceUrl === null) throw new Error('PULSAR_SERVICE_URL is not set');
  const files = certificateFiles(config);
  return new AdminApi({
    url: resolveServiceAddress({ serviceUrl, webUrl }).adminUrl,
    token: tokenSource(config),
    ca: caFile ? readCertificates(caFile) : null,
    certificate: files && (() => readClientCertificate(files.cert, files.key)),
  });
}

function tokenSource(config: Config): TokenSource {
  const { settings } = config;
  const { PULSAR_OAUTH2_ISSUER_URL: issuerUrl, PULSAR_OAUTH2_CLIENT_ID: clientId } = settings;
  if (issuerUrl === null || clientId === null) return () => config.current('PULSAR_TOKEN');
  const tokens = new OAuth2Token({
    issuerUrl,
    clientId,
    clientSecret: () => config.current('PULSAR_OAUTH2_CLIENT_SECRET') ?? '',
    audience: settings.PULSAR_OAUTH2_AUDIENCE,
    scope: settings.PULSAR_OAUTH2_SCOPE,
  });
  return () => tokens.current();
}

function certificateFiles({ settings }: Config): { cert: string; key: string } | null {
  const { PULSAR_TLS_CERT_FILE: cert, PULSAR_TLS_KEY_FILE: key } = settings;
  return cert === null || key === null ? null : { cert, key };
}
