export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The text format of Prometheus, by the names of the figures. */
export function parseTelemetry(text: string): ReadonlyMap<string, readonly Sample[]> {
  const figures = new Map<string, Sample[]>();
  for (const [, name, labels = '', value] of text.matchAll(/^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/gim)) {
    const named = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [label!, text!]);
    const sample = { labels: Object.fromEntries(named) as Record<string, string>, value: Number(value) };
    const known = figures.get(name!);
    if (known) known.push(sample);
    else figures.set(name!, [sample]);
  }
  return figures;
}

export const sumOf = (samples: readonly Sample[] | undefined): number =>
  (samples ?? []).reduce((sum, { value }) => sum + value, 0);
