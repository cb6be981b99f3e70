import { AdminApi } from '../admin/admin-api.js';
import type { ClientCertificate } from '../credentials/certificates.js';
import type { GivenToken } from '../credentials/token-source.js';
import type { BrokerLog } from '../broker-log.js';
import { WebSocketConnection, type ConnectionOptions } from './websocket-connection.js';

export interface EndpointOptions {
  /** `ws://host:8080` or `wss://host:8443`. */
  readonly webSocketUrl: string;
  /** A token that comes only later (OAuth 2.0) is refused with the configuration. */
  readonly token?: GivenToken;
  /** PEM certificates of a private authority. */
  readonly ca?: string | null;
  /** The certificate that we show where the broker asks for it. */
  readonly certificate?: ClientCertificate | null;
  /** Milliseconds between pings; a broker that is silent for a whole period is given up. Default 30,000. */
  readonly heartbeatMs?: number;
  readonly log: BrokerLog;
}

/** The address of the broker's WebSocket service, and the credentials: what all its connections have in common. */
export class WebSocketEndpoint {
  readonly log: BrokerLog;
  /** Served where the WebSocket service is. */
  readonly admin: AdminApi;

  constructor(private readonly options: EndpointOptions) {
    this.log = options.log;
    const { certificate } = options;
    this.admin = new AdminApi({
      ...options,
      certificate: certificate && (() => certificate),
      url: options.webSocketUrl.replace(/^ws/i, 'http'),
    });
  }

  connect(
    purpose: { path: string } & Pick<ConnectionOptions, 'purpose' | 'onOpen' | 'onText' | 'onLost'>,
  ): WebSocketConnection {
    const { webSocketUrl, token = null, ca = null, certificate = null, heartbeatMs = 30_000, log } = this.options;
    const { path, ...rest } = purpose;
    return new WebSocketConnection({
      ...rest,
      url: webSocketUrl + path,
      token: textOf(token),
      ca,
      certificate,
      heartbeatMs,
      log,
    });
  }
}

function textOf(given: GivenToken): string | null {
  const token = typeof given === 'function' ? given() : given;
  if (token instanceof Promise) throw new Error('the WebSocket client waits for no token: PULSAR_CLIENT=direct does');
  return token;
}
