import { AdminApi } from '../admin/admin-api.js';
import type { BrokerLog } from '../broker-log.js';
import { WebSocketConnection, type ConnectionOptions } from './websocket-connection.js';

export interface EndpointOptions {
  /** `ws://host:8080` or `wss://host:8443`. */
  readonly webSocketUrl: string;
  readonly token?: string | null | (() => string | null);
  /** PEM certificates of a private authority. */
  readonly ca?: string | null;
  /** Milliseconds between pings; a broker that is silent for a whole period is given up. Default 30,000. */
  readonly heartbeatMs?: number;
  readonly log: BrokerLog;
}

/** Where the broker's WebSocket service is and how to sign in: what all its connections have in common. */
export class WebSocketEndpoint {
  readonly log: BrokerLog;
  /** Served where the WebSocket service is. */
  readonly admin: AdminApi;

  constructor(private readonly options: EndpointOptions) {
    this.log = options.log;
    this.admin = new AdminApi({ ...options, url: options.webSocketUrl.replace(/^ws/i, 'http') });
  }

  connect(
    purpose: { path: string } & Pick<ConnectionOptions, 'purpose' | 'onOpen' | 'onText' | 'onLost'>,
  ): WebSocketConnection {
    const { webSocketUrl, token = null, ca = null, heartbeatMs = 30_000, log } = this.options;
    const { path, ...rest } = purpose;
    return new WebSocketConnection({
      ...rest,
      url: webSocketUrl + path,
      token: typeof token === 'function' ? token() : token,
      ca,
      heartbeatMs,
      log,
    });
  }
}
