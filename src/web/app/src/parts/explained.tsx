import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

let ids = 0;

/** A word with its meaning one hover or focus away. */
export function Explained({ meaning, children }: { meaning: string; children: ComponentChildren }) {
  const [id] = useState(() => `meaning-${++ids}`);
  const [open, setOpen] = useState(false);
  const close = (event: KeyboardEvent) => event.key === 'Escape' && setOpen(false);
  return (
    <span class="explained" onMouseEnter={() => setOpen(true)} onMouseLeave={() => setOpen(false)}>
      <button
        class="plain"
        aria-describedby={id}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={close}
      >
        {children}
      </button>
      <span role="tooltip" id={id} hidden={!open}>
        {meaning}
      </span>
    </span>
  );
}
