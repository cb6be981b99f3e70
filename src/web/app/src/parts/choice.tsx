import { go, withParameters } from '../shell/address.js';

interface Of<T extends string> {
  /** The name of the parameter in the address. */
  readonly name: string;
  readonly label: string;
  readonly of: readonly T[];
  readonly text: (one: T) => string;
  /** The word for none of them: it holds where the address names none. */
  readonly none?: string;
  /** The value that holds if the address names none, and there is no word for none. */
  readonly usual?: T;
  readonly chosen: T | null;
  /** Parameters that have no meaning with another choice, and are removed with it. */
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
