import { signal } from '@preact/signals';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

function stored(): Theme {
  try {
    const value = localStorage.getItem('monitoreo.theme');
    return THEMES.find((theme) => theme === value) ?? 'auto';
  } catch {
    return 'auto';
  }
}

export const theme = signal<Theme>(stored());

/** Counts changes of what colours resolve to, the system's own among them: canvases are painted anew. */
export const repaint = signal(0);

theme.subscribe((value) => {
  document.documentElement.dataset.theme = value;
  repaint.value = repaint.peek() + 1;
  try {
    localStorage.setItem('monitoreo.theme', value);
  } catch {
    // It holds for this page.
  }
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => (repaint.value += 1));

/** The value of a variable of the style sheet in the present theme, for a canvas. */
export function colour(variable: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${variable})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
