/** Another region, where it serves HTTP. */
export interface Region {
  readonly name: string;
  /** Without a slash at its end. */
  readonly url: string;
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/i;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** @throws Error saying what it should be */
export function checkRegionName(name: string): string {
  if (!NAME.test(name)) throw new Error('a name of letters, digits, - and _, at most 63');
  return name;
}

/** The other regions, as REGIONS names them. */
export class RegionList {
  private constructor(readonly all: readonly Region[]) {}

  /** @param text `a=https://a.example,b=https://b.example`. @throws Error saying what it should be */
  static parse(text: string): RegionList {
    const regions = text.split(',').map((pair) => regionOf(pair.trim()));
    const names = new Set(regions.map(({ name }) => name));
    if (names.size < regions.length) throw new Error('regions of different names');
    return new RegionList(regions);
  }

  /** Null: there is none of this name. */
  find(name: string): Region | null {
    return this.all.find((region) => region.name === name) ?? null;
  }
}

function regionOf(pair: string): Region {
  const [, name, address] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
  if (name === undefined || address === undefined) throw new Error('name=url, separated by commas');
  return { name: checkRegionName(name.trim()), url: checkedUrl(address.trim()) };
}

/** The key goes along with every request. It may go in clear only to this machine. */
function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username + url.password + url.search + url.hash !== '')
    throw new Error('name=url with addresses without user, password, ? and #');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname)))
    throw new Error('name=url with https addresses, or http to this machine');
  return url.href.replace(/\/+$/, '');
}
