import { BlockList, isIP } from 'node:net';

/** Addresses and networks, as an operator lists them. */
export class Networks {
  private constructor(private readonly networks: BlockList) {}

  /** @param text addresses and networks, separated by commas: `10.0.0.7,192.168.0.0/16,fd00::/8`. @throws Error saying what it should be */
  static parse(text: string): Networks {
    const networks = new BlockList();
    for (const one of text.split(',').map((part) => part.trim())) {
      const [address = '', prefix] = one.split('/');
      const version = isIP(address);
      const longest = version === 4 ? 32 : 128;
      const length = prefix === undefined ? longest : Number(prefix);
      if (version === 0 || !/^\d{1,3}$/.test(prefix ?? '0') || length > longest) {
        throw new Error('addresses and networks, separated by commas, such as 10.0.0.7,192.168.0.0/16');
      }
      networks.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6');
    }
    return new Networks(networks);
  }

  has(address: string | undefined): boolean {
    const version = isIP(address ?? '');
    return version !== 0 && this.networks.check(address!, version === 4 ? 'ipv4' : 'ipv6');
  }
}
