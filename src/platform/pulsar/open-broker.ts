import { AdminApi } from './admin/admin-api.js';
import type { BrokerLog } from './broker-log.js';
import { readCertificates } from './certificates.js';
import type { MessageBroker } from './message-broker.port.js';
import { NativeBroker } from './native/native-broker.js';
import { openNativeClient } from './native/native-client.js';
import { resolveServiceAddress } from './service-address.js';
import { WebSocketBroker } from './websocket/websocket-broker.js';

export interface BrokerOptions {
  /** `pulsar://`, `pulsar+ssl://`, `ws://` or `wss://`. */
  readonly serviceUrl: string;
  /** The broker's HTTP address; default: the same host, 8080 (8443 with TLS). */
  readonly webUrl?: string | null;
  readonly token?: string | null;
  /** PEM file of the authority that signed the broker's certificate, when Node does not know it. */
  readonly caFile?: string | null;
  readonly log: BrokerLog;
}

/**
 * Chooses the client once: the native library for `pulsar://` where it loads, else WebSocket; `ws://` means WebSocket.
 * Needs no broker: subscriptions and publishers connect by themselves, now or later.
 * @throws Error when an address is malformed or `caFile` cannot be read
 */
export async function openBroker(options: BrokerOptions): Promise<MessageBroker> {
  const { log, token, caFile } = options;
  const { protocol, webSocketUrl, adminUrl } = resolveServiceAddress(options);
  const ca = caFile ? readCertificates(caFile) : null;
  let why = 'PULSAR_SERVICE_URL is a WebSocket address';
  if (protocol === 'binary') {
    const native = await openNativeClient(options);
    if (!('unavailable' in native)) {
      log.info({ client: 'native', url: options.serviceUrl }, 'Pulsar client: native library');
      return new NativeBroker(native, log, new AdminApi({ url: adminUrl, token, ca }));
    }
    why = native.unavailable;
  }
  log.info({ client: 'websocket', url: webSocketUrl, why }, 'Pulsar client: WebSocket');
  return new WebSocketBroker({ webSocketUrl, token, ca, log });
}
