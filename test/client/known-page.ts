import type { Site } from './site.js';

/** Where it is, pixels: from the top of what it is `of`, and from the left of the document (in the header: of the viewport). */
export interface KnownBox {
  readonly id: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly of: 'document' | 'container' | 'header' | 'sticky';
  /** The layer that its clicks belong to: what stays while the page scrolls, or lies over it. */
  readonly fixed: boolean;
}

export interface KnownPage {
  readonly path: string;
  readonly latePath: string;
  readonly direction: 'ltr' | 'rtl';
  readonly width: number;
  /** The zoom of its own style: each of its pixels is so many of the viewport's. */
  readonly zoom: number;
  readonly boxes: readonly KnownBox[];
}

export const LATE_HEIGHT = 333;
export const LONG_HEIGHT = 6_000;
export const CONTAINER = { left: 10, top: 5_000, width: 60, height: 300 };
const ROWS = 26;
const ROW_PX = 140;
const HEADER_PX = 50;

/**
 * A page in which every place is known beforehand: what is clicked is computed from these figures, not asked of the browser.
 *
 * @param pageWidth pixels of its own, of the document; wider than the viewport where it is to scroll sideways
 */
export function knownPage(name: string, direction: 'ltr' | 'rtl', pageWidth: number, zoom: number): KnownPage {
  const percent = (share: number) => (pageWidth * share) / 100;
  const placed = (id: string, left: number, top: number, width: number, height: number): KnownBox => ({
    ...{ id, left: percent(left), top, width: percent(width), height },
    ...{ of: 'document', fixed: false },
  });
  const rows = Array.from({ length: ROWS }, (_, row) =>
    placed(`b${row}`, 2 + 19 * (row % 5), 80 + ROW_PX * row, 14, 36),
  );
  const inner = Array.from({ length: 6 }, (_, at): KnownBox => {
    const left = percent(CONTAINER.left) + 5;
    return { ...placed(`in${at}`, 0, 40 + 230 * at, 0, 60), left, width: 90, of: 'container' };
  });
  const header = Array.from({ length: 4 }, (_, at): KnownBox => {
    return { id: `h${at}`, left: 5 + 60 * at, top: 5, width: 55, height: 40, of: 'header', fixed: true };
  });
  const menu = Array.from({ length: 4 }, (_, at) => ({
    ...placed(`m${at}`, 2, 80 + ROW_PX * 7 + 40 + 22 * at, 30, 20),
    fixed: true,
  }));
  // Scaled by half about its middle, then moved.
  const moved = { ...placed('moved', 0, 4_400 - 10 + 11, 0, 60), left: percent(10) - 20 + 37, width: 120 };
  const sticky: KnownBox = { ...placed('sticky', 80, 60, 18, 20), of: 'sticky', fixed: true };
  const boxes = [...rows, ...inner, ...header, ...menu, moved, sticky];
  return { path: `/known/${name}`, latePath: `/known/${name}.svg`, direction, width: pageWidth, zoom, boxes };
}

/** Puts it on the site. */
export function publish({ path, latePath, direction, width, zoom, boxes }: KnownPage, site: Site): void {
  const styled = (style: string, { id }: { readonly id: string }) =>
    `<button id="${id}" style="position:absolute;${style}">${id}</button>`;
  const place = ({ left, top, width: wide, height }: KnownBox) =>
    `left:${left}px;top:${top}px;width:${wide}px;height:${height}px`;
  const starting = (letter: string) => boxes.filter(({ id }) => new RegExp(`^${letter}\\d+$`).test(id));
  const containerLeft = (width * CONTAINER.left) / 100;
  const [firstOfMenu] = starting('m');
  const withinMenu = (box: KnownBox) => ({ ...box, left: 0, top: box.top - firstOfMenu!.top });
  const body = `<!doctype html><html dir="${direction}"><title>Known</title>
    <style>
      html { zoom: ${zoom} }
      body { margin: 0 }
      button { padding: 0; border: 0; background: #cde; font: 10px sans-serif }
      header { position: fixed; left: 0; top: 0; width: 100%; height: ${HEADER_PX}px; background: #eee; z-index: 60 }
      img { display: block }
      #long { position: relative; width: ${width}px; height: ${LONG_HEIGHT}px }
      #menu { position: absolute; left: ${firstOfMenu!.left}px; top: ${firstOfMenu!.top}px; width: ${firstOfMenu!.width}px; height: 88px; z-index: 1000 }
      #scroller { position: absolute; left: ${containerLeft}px; top: ${CONTAINER.top}px; width: ${CONTAINER.width}%; height: ${CONTAINER.height}px; overflow: auto; direction: ltr }
      #scroller div { position: relative; height: 1500px }
      #sticky { position: sticky !important; display: block; left: auto !important; z-index: 5 }
    </style>
    <header>${starting('h')
      .map((box) => styled(place(box), box))
      .join('')}</header>
    <img src="${latePath}">
    <div id="long">
      <div style="position:absolute;left:80%;top:0;width:18%;height:100%;pointer-events:none">
        <button id="sticky" style="top:60px;width:100%;height:20px;pointer-events:auto">sticky</button>
      </div>
      ${starting('b')
        .map((box) => styled(place(box), box))
        .join('')}
      <div id="menu" role="menu">${starting('m')
        .map((box) => styled(place(withinMenu(box)), box))
        .join('')}</div>
      <button id="moved" style="position:absolute;left:10%;top:4400px;width:80px;height:40px;transform:translate(37px,11px) scale(1.5)">moved</button>
      <div id="scroller"><div>${starting('in')
        .map((box) => styled(place({ ...box, left: box.left - containerLeft }), box))
        .join('')}</div></div>
    </div>
    ${site.script}</html>`;
  site.files.set(path, { type: 'text/html', body });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="${LATE_HEIGHT}"/>`;
  site.files.set(latePath, { type: 'image/svg+xml', body: svg, late: true });
}
