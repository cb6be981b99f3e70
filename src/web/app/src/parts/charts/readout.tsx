import type { ComponentChildren } from 'preact';

interface Of {
  /** The distance from the left of the chart, in parts of its width. */
  readonly at: number;
  readonly title: string;
  readonly rows: readonly { readonly label: string; readonly color: string; readonly text: ComponentChildren }[];
}

/** All that a chart says of one moment, beside the pointer. */
export function Readout({ at, title, rows }: Of) {
  const style = at > 0.5 ? { right: `${(1 - at) * 100}%` } : { left: `${at * 100}%` };
  return (
    <div class={`readout ${at > 0.5 ? 'before' : 'after'}`} style={style}>
      <b>{title}</b>
      {rows.map(({ label, color, text }) => (
        <div>
          <i style={{ background: color }} />
          <span>{label}</span>
          <span class="n">{text}</span>
        </div>
      ))}
    </div>
  );
}

/** Which colour is what. */
export function Legend({ of }: { of: readonly { readonly label: string; readonly color: string }[] }) {
  return (
    <div class="legend" aria-hidden="true">
      {of.map(({ label, color }) => (
        <span>
          <i style={{ background: color }} />
          {label}
        </span>
      ))}
    </div>
  );
}
