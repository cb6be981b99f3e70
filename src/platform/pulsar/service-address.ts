/** The address of the broker, for each way of talking to it. URLs carry no trailing slash. */
export interface ServiceAddress {
  /** The protocol that `serviceUrl` asks for: Pulsar's binary protocol, or WebSocket. */
  readonly protocol: 'binary' | 'websocket';
  /** `ws://…` or `wss://…`: `/ws/v2/…` is appended to it. */
  readonly webSocketUrl: string;
  /** `http://…` or `https://…`: `/admin/v2/…` is appended to it. */
  readonly adminUrl: string;
}

interface Scheme {
  readonly tls: boolean;
  readonly protocol: ServiceAddress['protocol'];
  /** The web port Pulsar uses when the address names another protocol's port; null: take the address as it is. */
  readonly webPort: number | null;
}

const SERVICE_SCHEMES: Readonly<Record<string, Scheme>> = {
  pulsar: { tls: false, protocol: 'binary', webPort: 8080 },
  'pulsar+ssl': { tls: true, protocol: 'binary', webPort: 8443 },
  ws: { tls: false, protocol: 'websocket', webPort: null },
  wss: { tls: true, protocol: 'websocket', webPort: null },
};
const HTTP_SCHEMES = { http: { tls: false }, https: { tls: true } };
const WEB_SCHEMES: Readonly<Record<string, { tls: boolean }>> = {
  ...HTTP_SCHEMES,
  ws: { tls: false },
  wss: { tls: true },
};

/**
 * Derives the web addresses from the service address: the same host, port 8080 (8443 with TLS), unless `webUrl` names
 * them. If there are several hosts (`pulsar://a:6650,b:6650`), the web address of the first one is taken.
 * @throws Error that names the variable and a right value
 */
export function resolveServiceAddress(urls: { serviceUrl: string; webUrl?: string | null }): ServiceAddress {
  const service = split(urls.serviceUrl);
  const scheme = service && ofOwn(SERVICE_SCHEMES, service.scheme);
  if (!scheme)
    throw new Error(
      'PULSAR_SERVICE_URL: write pulsar://host:6650, pulsar+ssl://host:6651, ws://host:8080 or wss://host:8443',
    );
  if (!urls.webUrl) {
    const host = scheme.webPort === null ? service.host : `${service.hostname}:${scheme.webPort}`;
    return { protocol: scheme.protocol, ...webAddresses(scheme.tls, host + service.path) };
  }
  const web = split(urls.webUrl);
  const webScheme = web && ofOwn(WEB_SCHEMES, web.scheme);
  if (!webScheme) throw new Error('PULSAR_WEB_URL: write http://host:8080 or https://host:8443');
  return { protocol: scheme.protocol, ...webAddresses(webScheme.tls, web.host + web.path) };
}

/**
 * Checks a value of configuration: a service address that `resolveServiceAddress` takes, as it was written.
 * @throws Error with what it should be, without the value, which may hold a secret
 */
export const checkServiceUrl = (serviceUrl: string): string =>
  check(serviceUrl, SERVICE_SCHEMES, 'pulsar://host:6650, pulsar+ssl://host:6651, ws://host:8080 or wss://host:8443');

/** The same of the broker's HTTP address. */
export const checkWebUrl = (webUrl: string): string =>
  check(webUrl, HTTP_SCHEMES, 'http://host:8080 or https://host:8443');

/** Checks a value of configuration: a host of which `addressOfHost` makes a service address. @throws as `checkServiceUrl` */
export function checkHost(host: string): string {
  const address = split(addressOfHost(host));
  if (address?.path === '') return host;
  throw new Error('a host such as broker, broker:6650 or [::1]; a whole address is PULSAR_SERVICE_URL');
}

/** The service address of a host, with port 6650 unless it names one. */
export const addressOfHost = (host: string): string => `pulsar://${/:\d+$/.test(host) ? host : `${host}:6650`}`;

function check(url: string, schemes: Readonly<Record<string, unknown>>, example: string): string {
  const address = split(url);
  if (address && Object.hasOwn(schemes, address.scheme)) return url;
  if (/^[a-z+]+:\/\/[^/]*@/i.test(url))
    throw new Error('an address without user and password: a token is PULSAR_TOKEN');
  if (/[?#]/.test(url)) throw new Error('an address without ? and #: a token is PULSAR_TOKEN');
  throw new Error(example);
}

const webAddresses = (tls: boolean, rest: string) => ({
  webSocketUrl: `${tls ? 'wss' : 'ws'}://${rest}`,
  adminUrl: `${tls ? 'https' : 'http'}://${rest}`,
});

/**
 * It does not use `new URL`, which knows no list of hosts. Credentials and queries are refused, because the token has its
 * own variable.
 */
function split(url: string): { scheme: string; host: string; hostname: string; path: string } | null {
  const match = /^([a-z+]+):\/\/([^/?#@\s]+)(\/[^?#@\s]*)?$/i.exec(url.trim());
  if (!match) return null;
  const [, scheme = '', hosts = '', path = ''] = match;
  const [host = '', ...others] = hosts.split(',');
  const hostname = hostnameOf(host);
  if (hostname === null || others.some((other) => hostnameOf(other) === null)) return null;
  return { scheme: scheme.toLowerCase(), host, hostname, path: path.replace(/\/+$/, '') };
}

/** Null for what no URL can hold. */
function hostnameOf(host: string): string | null {
  const hostname = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/i.exec(host)?.[1];
  return hostname !== undefined && URL.canParse(`http://${host}`) ? hostname : null;
}

/** Names that every object has are excluded: `constructor` is no scheme. */
const ofOwn = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
