/** One environment variable: how its text becomes a value. `parse` gets undefined when it is unset; it throws what it should be. */
export interface Variable<T> {
  readonly parse: (text: string | undefined) => T;
  /** The default as it is documented. */
  readonly default: T;
  readonly about: string;
  /** Other names of it. Two names with different values are refused, unless the other is one of `olderNames`. */
  readonly synonyms: readonly string[];
  /** The synonyms that give way: the variable itself wins over them. */
  readonly olderNames: readonly string[];
  /** Its value never appears in an error or a log. */
  readonly secret: boolean;
  /** It may stand in a file, which a variable of its name and `_FILE` names. */
  readonly fromFile?: boolean;
  /** Set to nothing it is set, and `parse` gets `''`. Else that is as good as unset. */
  readonly emptyIsValue?: boolean;
}

/** Variables by name. Their owner declares them in one constant, and reads them by it: `config.of(THAT).NAME`. */
export type Variables = Readonly<Record<string, Variable<unknown>>>;

/** The values that they become. */
export type ValuesOf<Declared extends Variables> = {
  readonly [Name in keyof Declared]: ReturnType<Declared[Name]['parse']>;
};

export interface Options<T> {
  readonly default: T;
  readonly about: string;
  readonly synonyms?: readonly string[];
  readonly olderNames?: readonly string[];
}

type Given<T, D> = D extends null ? T | null : T;

function variable<T, D extends T | null>(
  options: Options<D>,
  convert: (text: string) => T,
  secret = false,
): Variable<Given<T, D>> {
  const fallback = options.default as Given<T, D>;
  return {
    default: fallback,
    about: options.about,
    synonyms: [...(options.synonyms ?? []), ...(options.olderNames ?? [])],
    olderNames: options.olderNames ?? [],
    secret,
    parse: (text) => (text === undefined ? fallback : convert(text)),
  };
}

export const text = <D extends string | null>(options: Options<D>) => variable<string, D>(options, (value) => value);

/** The same, and it may stand in a file. */
export const inFile = <T>(declared: Variable<T>): Variable<T> => ({ ...declared, fromFile: true });

export const secret = <D extends string | null>(options: Options<D>) =>
  inFile(variable<string, D>(options, (value) => value, true));

/** A secret that is sent as a header: one that no header carries would never match. */
export const token = <D extends string | null>(options: Options<D>) =>
  inFile(
    variable<string, D>(
      options,
      (value) => {
        if (/^[!-~]([ -~]*[!-~])?$/.test(value)) return value;
        throw new Error('printable ASCII without blanks at its ends: it is sent in a header');
      },
      true,
    ),
  );

export const boolean = (options: Options<boolean>) =>
  variable<boolean, boolean>(options, (value) => {
    if (/^(true|1|yes|on)$/i.test(value)) return true;
    if (/^(false|0|no|off)$/i.test(value)) return false;
    throw new Error('true or false');
  });

export const integer = <D extends number | null>(options: Options<D> & { min: number; max: number }) =>
  variable<number, D>(options, (value) => {
    const number = Number(value);
    if (!/^[+-]?\d+$/.test(value) || number < options.min || number > options.max) {
      throw new Error(`a whole number from ${options.min} to ${options.max}`);
    }
    return number;
  });

/** A number, with or without decimals. */
export const decimal = (options: Options<number> & { min: number; max: number }) =>
  variable<number, number>(options, (value) => {
    const number = Number(value);
    if (!/^[+-]?\d+(\.\d+)?$/.test(value) || number < options.min || number > options.max) {
      throw new Error(`a number from ${options.min} to ${options.max}`);
    }
    return number;
  });

/** The path of an address, from its `/`. @param options.holding must stand in it; such a path may be empty, which then means something */
export const path = ({ holding, ...options }: Options<string> & { holding?: string }): Variable<string> => ({
  ...variable<string, string>(options, (value) => {
    if (value === '' && holding !== undefined) return value;
    if (!/^\/[\x21-\x7e]*$/.test(value) || value.includes('#') || !value.includes(holding ?? '')) {
      throw new Error(holding === undefined ? 'a path that begins with /' : `a path with ${holding}, or empty`);
    }
    return value;
  }),
  emptyIsValue: holding !== undefined,
});

export const choice = <const C extends string, D extends C | null>(choices: readonly C[], options: Options<D>) =>
  variable<C, D>(options, (value) => {
    const found = choices.find((allowed) => allowed.toLowerCase() === value.toLowerCase());
    if (found === undefined) throw new Error(`one of ${choices.join(', ')}`);
    return found;
  });

/** A text that `parse` makes a value of, or refuses by throwing what it should be. */
export const parsed = <T extends object>(parse: (value: string) => T, options: Options<null>) =>
  variable<T, null>(options, parse);

/** A text that `check` gives back, or refuses by throwing what it should be. */
export const checked = <D extends string | null>(check: (value: string) => string, options: Options<D>) =>
  variable<string, D>(options, check);

/** The same, of what may hold a secret although it should not: never shown. */
export const checkedUnseen = <D extends string | null>(check: (value: string) => string, options: Options<D>) =>
  variable<string, D>(options, check, true);

/** An absolute URL of one of the schemes. A driver suffix (`postgresql+psycopg2://`) is dropped. May hold a password: never shown. */
export const url = <D extends string | null>(schemes: readonly string[], options: Options<D>) =>
  variable<string, D>(
    options,
    (value) => {
      const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):\/\/[^\s/]/i.exec(value) ?? [];
      const known =
        schemes.find((allowed) => allowed === scheme) ?? schemes.find((allowed) => allowed === scheme.split('+')[0]);
      const cleaned = value.replace(scheme, known ?? '');
      if (known === undefined || !URL.canParse(cleaned)) {
        throw new Error(`an address that starts with ${schemes.map((allowed) => `${allowed}://`).join(' or ')}`);
      }
      return cleaned;
    },
    true,
  );
