import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../../language/language.js';
import { type Frame, sandboxOf, SILENT_FRAME } from './frame.js';
import type { Box, ShownPage } from './projection.js';

/** Images that come late make a page longer. */
const MOST_GROWTHS = 12;

interface Of {
  readonly frame: Frame;
  readonly page: string;
  /** The width of the window that the page is laid out for, pixels. */
  readonly width: number;
  readonly viewportHeight: number;
  /** How long the page is; null: as long as it turns out to be. */
  readonly height: number | null;
  /** Pixels of the screen that one of the page has. */
  readonly scale: number;
  readonly within: 'document' | 'viewport';
  /** Is told what the page shows now, and again when that changes, if we can look into it. */
  readonly onShown: (page: ShownPage) => void;
  readonly onRefused: () => void;
}

/** The page itself below its clicks. Nobody can press anything in it. */
export function FramedPage({ frame, page, width, viewportHeight, height, scale, within, onShown, onRefused }: Of) {
  const element = useRef<HTMLIFrameElement>(null);
  const [loads, setLoads] = useState(0);
  const [length, setLength] = useState(viewportHeight);
  useEffect(() => {
    if (!frame.own || loads === 0) return;
    const shown = element.current?.contentDocument ?? null;
    if (shown === null || shown.body === null) return onRefused();
    let growths = 0;
    const measure = () => {
      const measured = pageIn(shown, within);
      // An element that is taller than its window would grow with it, for ever.
      if (within === 'document' && growths++ < MOST_GROWTHS) setLength(measured.height);
      onShown(measured);
    };
    measure();
    const changed = new ResizeObserver(measure);
    changed.observe(shown.body);
    return () => changed.disconnect();
  }, [loads, within, width]);
  const tall = within === 'viewport' ? viewportHeight : frame.own ? length : (height ?? viewportHeight);
  return (
    <iframe
      key={frame.address}
      ref={element}
      name={SILENT_FRAME}
      sandbox={sandboxOf(frame)}
      title={t('frameTitle', { page })}
      referrerpolicy="no-referrer"
      scrolling="no"
      onLoad={() => setLoads((before) => before + 1)}
      style={{ width: `${width}px`, height: `${tall}px`, transform: `scale(${scale})` }}
      src={frame.address}
    />
  );
}

/**
 * Measures what a frame of our own origin shows now. @param within `document`: all of it; `viewport`: the part that is seen
 * without scrolling
 */
function pageIn(shown: Document, within: 'document' | 'viewport'): ShownPage {
  const { documentElement: root, body } = shown;
  const whole = within === 'document';
  const boxes = new Map<string, Box | null>();
  return {
    width: whole ? Math.max(root.scrollWidth, body.scrollWidth) : root.clientWidth,
    height: whole ? Math.max(root.scrollHeight, body.scrollHeight) : root.clientHeight,
    boxOf(selector) {
      if (!boxes.has(selector)) boxes.set(selector, boxIn(shown, selector));
      return boxes.get(selector)!;
    },
  };
}

function boxIn(shown: Document, selector: string): Box | null {
  let found: NodeListOf<Element>;
  try {
    found = shown.querySelectorAll(selector);
  } catch {
    // It is what somebody sent.
    return null;
  }
  if (found.length !== 1) return null;
  const { left, top, width, height } = found[0]!.getBoundingClientRect();
  if (width === 0 || height === 0) return null;
  const { scrollX = 0, scrollY = 0 } = shown.defaultView ?? {};
  return { left: left + scrollX, top: top + scrollY, width, height };
}
