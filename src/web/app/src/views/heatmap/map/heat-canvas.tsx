import { useEffect, useRef } from 'preact/hooks';
import { type Density, painted } from './density.js';

interface Of {
  readonly density: Density;
  /** Clicks that have the hottest colour. */
  readonly top: number;
  readonly label: string;
  /** Percent. */
  readonly transparency: number;
}

/** Draws where the page was clicked; the more clicks, the hotter the colour. */
export function HeatCanvas({ density, top, label, transparency }: Of) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const { width, height } = density;
    const element = canvas.current!;
    element.width = width;
    element.height = height;
    element.getContext('2d')!.putImageData(new ImageData(painted(density, top), width, height), 0, 0);
    element.dataset['most'] = String(density.most);
  }, [density, top]);
  return <canvas ref={canvas} role="img" aria-label={label} style={{ opacity: 1 - transparency / 100 }} />;
}
