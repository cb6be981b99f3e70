import type { Config } from '../../../platform/config/config.js';
import { resolveServiceAddress } from '../../../platform/pulsar/service-address.js';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Whether an address is that of our own broker. Both have port 8080 by default, and the broker's answers are no data of a
 * service.
 */
export function isOwnBroker(address: string, { settings }: Config): boolean {
  const { PULSAR_SERVICE_URL: serviceUrl, PULSAR_WEB_URL: webUrl } = settings;
  if (serviceUrl === null) return false;
  return placeOf(address) === placeOf(resolveServiceAddress({ serviceUrl, webUrl }).adminUrl);
}

/** All names of this machine count as one. */
function placeOf(address: string): string {
  const { hostname, port, protocol } = new URL(address);
  const host = LOOPBACK.test(hostname) ? 'localhost' : hostname;
  return `${host}:${port || (protocol === 'https:' ? 443 : 80)}`;
}
