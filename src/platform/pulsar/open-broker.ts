import { AdminApi } from './admin/admin-api.js';
import type { BrokerLog } from './broker-log.js';
import { readCertificates, readClientCertificate } from './credentials/certificates.js';
import { tokenOf, type GivenToken } from './credentials/token-source.js';
import { DirectBroker } from './direct/direct-broker.js';
import { NativeBroker } from './native/native-broker.js';
import { openNativeClient } from './native/native-client.js';
import type { MessageBroker, PulsarClient } from './message-broker.port.js';
import { resolveServiceAddress } from './service-address.js';
import { WebSocketBroker } from './websocket/websocket-broker.js';

export interface BrokerOptions {
  /** `pulsar://`, `pulsar+ssl://`, `ws://` or `wss://`. */
  readonly serviceUrl: string;
  /** The broker's HTTP address; default: the same host, 8080 (8443 with TLS). */
  readonly webUrl?: string | null;
  readonly token?: GivenToken;
  /** PEM file of the authority that signed the broker's certificate, when Node does not know it. */
  readonly caFile?: string | null;
  /** The files of the certificate and the key that we show where the broker asks for them. */
  readonly certificateFiles?: { readonly cert: string; readonly key: string } | null;
  /** Null: by the address. */
  readonly client?: PulsarClient | null;
  readonly log: BrokerLog;
}

/**
 * Chooses the client once: the one that `client` names; without a name Pulsar's own protocol for `pulsar://`, its WebSocket
 * service for `ws://`. Needs no broker: subscriptions and publishers connect by themselves, now or later.
 * @throws Error when an address is malformed, `caFile` cannot be read, or the client that was asked for cannot serve it
 */
export async function openBroker(options: BrokerOptions): Promise<MessageBroker> {
  const { log, client = null, serviceUrl, webUrl, token = null, caFile, certificateFiles: files = null } = options;
  const { protocol, webSocketUrl, adminUrl } = resolveServiceAddress(options);
  if (protocol === 'websocket' && (client === 'direct' || client === 'native'))
    throw new Error(
      `PULSAR_CLIENT=${client} speaks to pulsar:// and pulsar+ssl:// alone; for a ws:// address leave it out, or write websocket`,
    );
  const ca = caFile ? readCertificates(caFile) : null;
  const certificate = files && (() => readClientCertificate(files.cert, files.key));
  const chosen = client ?? (protocol === 'binary' ? 'direct' : 'websocket');
  if (chosen === 'direct') {
    log.info({ client: chosen, url: serviceUrl }, "Pulsar client: Pulsar's own protocol");
    return DirectBroker.open({ serviceUrl, webUrl, token, ca, certificate, log });
  }
  if (chosen === 'native') {
    const native = await openNativeClient({ ...options, token: await tokenOf(token) });
    if ('unavailable' in native)
      throw new Error(`PULSAR_CLIENT=native: ${native.unavailable}; without PULSAR_CLIENT no library is needed`);
    log.info({ client: chosen, url: serviceUrl }, 'Pulsar client: native library');
    return new NativeBroker(native, log, new AdminApi({ url: adminUrl, token, ca, certificate }));
  }
  const why = client === null ? 'PULSAR_SERVICE_URL is a WebSocket address' : 'PULSAR_CLIENT says so';
  log.info({ client: 'websocket', url: webSocketUrl, why }, 'Pulsar client: WebSocket');
  return new WebSocketBroker({ webSocketUrl, token, ca, certificate: certificate?.() ?? null, log });
}
