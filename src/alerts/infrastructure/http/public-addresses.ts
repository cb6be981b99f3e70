import { BlockList } from 'node:net';
import type { Address } from './resolver.js';

/** Networks that are not global by IANA's special-purpose registries (RFC 6890), with multicast and reserved ones. */
const PRIVATE_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** In IPv6 only 2000::/3 is global unicast. These parts of it lead elsewhere: to IPv4 (Teredo, 6to4), or nowhere. */
const GLOBAL_V6 = '2000::/3';
const PRIVATE_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const listOf = (networks: readonly string[], version: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), version);
  }
  return list;
};

const privateV4 = listOf(PRIVATE_V4, 'ipv4');
const globalV6 = listOf([GLOBAL_V6], 'ipv6');
const privateV6 = listOf(PRIVATE_V6, 'ipv6');

/** Whether the address means the same machine to everybody on the Internet. */
export const isPublic = ({ address, family }: Address): boolean =>
  family === 4
    ? !privateV4.check(address, 'ipv4')
    : globalV6.check(address, 'ipv6') && !privateV6.check(address, 'ipv6');
