import { go, withParameters } from '../shell/address.js';

interface Of<T extends string> {
  /** Of the parameter in the address. */
  readonly name: string;
  readonly label: string;
  readonly of: readonly T[];
  readonly text: (one: T) => string;
  /** The word for none of them: it holds where the address names none. */
  readonly none?: string;
  /** What holds where the address names none, and there is no word for none. */
  readonly usual?: T;
  readonly chosen: T | null;
  /** What goes with another choice: parameters that then have no meaning. */
  readonly clears?: Readonly<Record<string, null>>;
}

/** One of a few, side by side. */
export function Choice<T extends string>({ name, label, of, text, none, usual = of[0], chosen, clears }: Of<T>) {
  const choose = (value: T | null) => () => go(withParameters({ ...clears, [name]: value }));
  return (
    <span class="seg" role="group" aria-label={label}>
      {none !== undefined && (
        <button aria-pressed={chosen === null} onClick={choose(null)}>
          {none}
        </button>
      )}
      {of.map((one) => (
        <button aria-pressed={chosen === one} onClick={choose(none === undefined && one === usual ? null : one)}>
          {text(one)}
        </button>
      ))}
    </span>
  );
}
