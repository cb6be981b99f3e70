import type { Weighted } from './cells.js';
import { colourAt, coverAt, heatOf } from './colour-scale.js';

const SHADES = 512;

export interface Density {
  readonly width: number;
  readonly height: number;
  /** Clicks around each pixel, row by row: a click counts 1 where it is, and less and less up to the radius. */
  readonly values: Float32Array;
  readonly most: number;
}

/** @param width, height pixels, whole. @param radius how far a click is seen, pixels */
export function densityOf(points: readonly Weighted[], width: number, height: number, radius: number): Density {
  const values = new Float32Array(width * height);
  const reach = Math.max(1, Math.round(radius));
  const kernel = kernelOf(reach);
  const side = reach * 2 + 1;
  for (const { x, y, clicks } of points) {
    const left = Math.round(x * width) - reach;
    const top = Math.round(y * height) - reach;
    for (let row = Math.max(0, -top); row < side && top + row < height; row++) {
      const to = (top + row) * width + left;
      const of = row * side;
      const end = Math.min(side, width - left);
      for (let column = Math.max(0, -left); column < end; column++) {
        values[to + column]! += clicks * kernel[of + column]!;
      }
    }
  }
  return { width, height, values, most: values.reduce((most, value) => Math.max(most, value), 0) };
}

/** 1 in its middle, 0 at its edge, smooth at both: (1 − d²)². */
function kernelOf(reach: number): Float32Array {
  const side = reach * 2 + 1;
  return Float32Array.from({ length: side * side }, (_, at) => {
    const [down, across] = [Math.floor(at / side) - reach, (at % side) - reach];
    const part = (down * down + across * across) / (reach * reach);
    return part >= 1 ? 0 : (1 - part) ** 2;
  });
}

/** Red, green, blue and cover of each pixel. @param top the clicks that have the hottest colour */
export function painted({ values }: Density, top: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  const shades = Array.from({ length: SHADES + 1 }, (_, at) => colourAt(at / SHADES));
  values.forEach((clicks, at) => {
    if (clicks === 0) return;
    const heat = heatOf(clicks, top);
    pixels.set(shades[Math.round(heat * SHADES)]!, at * 4);
    pixels[at * 4 + 3] = 255 * coverAt(clicks, heat);
  });
  return pixels;
}
