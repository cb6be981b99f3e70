/** The address at which a broker listens for the binary protocol. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

const DEFAULT_PORT = { plain: 6650, tls: 6651 };

/**
 * The brokers of a service address: `pulsar://a:6650,b:6650`, `pulsar+ssl://…`.
 * @throws Error when it is none
 */
export function parseBrokerAddresses(url: string): BrokerAddress[] {
  const [, ssl, hosts = ''] = /^pulsar(\+ssl)?:\/\/([^/?#@\s]+)\/?$/i.exec(url.trim()) ?? [];
  const tls = ssl !== undefined;
  const addresses = hosts.split(',').map((text) => {
    const [, bracketed, plain, port] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
    const host = bracketed ?? plain;
    return host ? { host, port: Number(port ?? (tls ? DEFAULT_PORT.tls : DEFAULT_PORT.plain)), tls } : null;
  });
  if (addresses.some((address) => address === null))
    throw new Error(`no address of a Pulsar broker: ${url.slice(0, 200)}`);
  return addresses as BrokerAddress[];
}

export const sameAddress = (a: BrokerAddress, b: BrokerAddress): boolean =>
  a.host === b.host && a.port === b.port && a.tls === b.tls;

/** The address as it stands in `proxy_to_broker_url`. */
export const hostAndPort = ({ host, port }: BrokerAddress): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;
