import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const STYLE = `
  body { margin: 0; font: 16px sans-serif }
  #long { position: relative; height: 4000px }
  .box { position: absolute; width: 12%; height: 60px; background: #cde }
  header { position: fixed; inset: 0 0 auto 0; height: 40px; background: #eee; z-index: 60 }
  #menu { position: absolute; top: 300px; left: 40%; width: 30%; height: 90px; background: #fed; z-index: 1000 }
  #late { display: block; width: 100%; height: 0; background: #eef }
  #scroller { position: absolute; top: 1500px; left: 10%; width: 50%; height: 200px; overflow: auto }
  #scroller div { height: 900px; position: relative }
`;
const PLACES = [
  [5, 120],
  [80, 130],
  [44, 900],
  [10, 1900],
  [70, 2800],
  [30, 3900],
] as const;

/** A file with which somebody's server answers. */
export interface Served {
  readonly type: string;
  readonly body: string;
  /** Held until `release`. */
  readonly late?: boolean;
}

/** Somebody else's pages, under a policy that allows what the tracker needs and nothing else. */
export class Site {
  /** Attributes of the tracker's tag, beside its address. */
  tag = '';
  regions: readonly string[] = [];
  /** Other files than the shop's page, by their path. */
  readonly files = new Map<string, Served>();
  private readonly held = new Map<string, () => void>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((asked, answer) => this.handle(asked, answer));
  }

  static async start(): Promise<Site> {
    const site = new Site();
    site.server.listen(0, '127.0.0.1');
    await once(site.server, 'listening');
    return site;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The tracker's tag, as a site owner writes it. */
  get script(): string {
    return `<script src="${this.regions[1]}/tracker.js" ${this.tag} defer></script>`;
  }

  /** Lets a late file go to whoever has asked for it, or asks from now on. */
  release(path: string): void {
    const file = this.files.get(path);
    if (file) this.files.set(path, { ...file, late: false });
    this.held.get(path)?.();
    this.held.delete(path);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private handle({ url = '/' }: IncomingMessage, answer: ServerResponse): void {
    const path = url.split(/[?#]/, 1)[0]!;
    const { type, body, late = false } = this.files.get(path) ?? { type: 'text/html', body: this.shop(url) };
    const from = this.regions.join(' ');
    answer.writeHead(200, {
      'content-type': `${type}; charset=utf-8`,
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; script-src 'self' ${from}; connect-src ${from}`,
    });
    if (late) this.held.set(path, () => answer.end(body));
    else answer.end(body);
  }

  private shop(url: string): string {
    const direction = url.startsWith('/rtl') ? ' dir="rtl"' : '';
    return `<!doctype html><html${direction}><title>Shop</title><style>${STYLE}</style>
        <header><button id="cart">Cart</button></header><p id="late"></p>
        <div id="long">
          ${PLACES.map(([left, top], at) => `<button class="box" ${at === 2 ? 'data-track="third"' : at === 5 ? '' : `id="box-${'abcdef'[at]}"`} style="left:${left}%;top:${top}px">Secret ${at}</button>`).join('')}
          <div id="menu" role="menu"><button id="item" style="width:100%;height:100%">Item</button></div>
          <div id="scroller"><div><button id="inner" style="position:absolute;top:700px;width:100%;height:80px">Inner</button></div></div>
        </div>
        ${this.script}</html>`;
  }
}

/** The elements that are to be clicked, in this order; whether it stays while the page scrolls or lies over it. */
export const BOXES: readonly { readonly selector: string; readonly fixed: boolean }[] = [
  { selector: '#box-a', fixed: false },
  { selector: '#box-b', fixed: false },
  { selector: '[data-track="third"]', fixed: false },
  { selector: '#inner', fixed: false },
  { selector: '#box-d', fixed: false },
  { selector: '#box-e', fixed: false },
  { selector: '#long>button:nth-of-type(6)', fixed: false },
  { selector: '#cart', fixed: true },
  { selector: '#item', fixed: true },
];
