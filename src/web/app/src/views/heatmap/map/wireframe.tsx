import type { Box } from './projection.js';

const QUARTERS = [0.25, 0.5, 0.75];

const part = (of: number) => `${of * 100}%`;

/** Draws a page of which only the places of its elements are known, from the clicks that hit them. */
export function Wireframe({ boxes }: { boxes: ReadonlyMap<string, Box> }) {
  return (
    <div class="wire">
      {QUARTERS.map((at) => (
        <span class="depth" style={{ top: part(at) }}>
          {at * 100} %
        </span>
      ))}
      {[...boxes].map(([selector, { left, top, width, height }]) => (
        <div class="outline" style={{ left: part(left), top: part(top), width: part(width), height: part(height) }}>
          <span>{selector}</span>
        </div>
      ))}
    </div>
  );
}
