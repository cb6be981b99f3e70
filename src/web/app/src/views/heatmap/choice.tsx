import { t, type Word } from '../../language/language.js';
import { go, withParameters } from '../../shell/address.js';

interface Of<T extends Word> {
  /** Of the parameter in the address. */
  readonly name: string;
  readonly label: string;
  readonly of: readonly T[];
  /** The word for none of them; without it the first is what holds where nothing is chosen. */
  readonly none?: string;
  readonly chosen: T | null;
}

/** One of a few, side by side. */
export function Choice<T extends Word>({ name, label, of, none, chosen }: Of<T>) {
  const choose = (value: T | null) => () => go(withParameters({ [name]: value, cell: null }));
  return (
    <span class="seg" role="group" aria-label={label}>
      {none !== undefined && (
        <button aria-pressed={chosen === null} onClick={choose(null)}>
          {none}
        </button>
      )}
      {of.map((one, at) => (
        <button aria-pressed={chosen === one} onClick={choose(none === undefined && at === 0 ? null : one)}>
          {t(one)}
        </button>
      ))}
    </span>
  );
}
