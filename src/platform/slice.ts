import type { Type } from '@nestjs/common';
import type { Variables } from './config/variable.js';
import { platformVariables } from './config/variables.js';
import { PLATFORM_FAILPOINTS, type Failpoints } from './failpoint.js';
import { PLATFORM_LOCKS, type AdvisoryLocks } from './postgres/advisory-locks.js';
import { Migrations } from './postgres/migrations.js';

/**
 * Everything that a slice brings beside its code, each kind declared in a file of its own in the slice's folder. `src/slices.ts` lists
 * the slices; whatever boots hands that list on, so that the platform learns of them without a word of theirs in its own code.
 */
export interface Slice {
  /** Its folder's name. */
  readonly name: string;
  /** Loaded by what serves alone: a command that needs the rest spares itself the second that Nest and the code take. */
  readonly module: () => Promise<Type>;
  /** The folder of its `.sql` files. */
  readonly migrations?: string;
  readonly variables?: Variables;
  /** Says what is wrong with its variables together, a sentence each. A value that is wrong by itself is undefined. */
  check?(values: Readonly<Record<string, unknown>>): readonly string[];
  readonly failpoints?: Failpoints;
  readonly locks?: AdvisoryLocks;
}

/** The declarations of the platform and all slices together. */
export interface Gathered {
  /** The platform's first, then slice by slice in the order of their names. */
  readonly variables: Variables;
  readonly failpoints: Failpoints;
  /** The declarations that `Config.of` answers for. */
  readonly declared: ReadonlySet<Variables>;
  /** All that is wrong with their variables together. */
  readonly check: (values: Readonly<Record<string, unknown>>) => readonly string[];
}

/** Two declare the same thing: a defect of the code, found by every start. */
export class ConflictingSlices extends Error {
  override readonly name = 'ConflictingSlices';
}

/** The order of the list has no meaning. @throws ConflictingSlices */
export function gather(slices: readonly Slice[]): Gathered {
  const parts = [PLATFORM, ...inOrder(slices)];
  distinct('name', parts, ({ name }) => [name]);
  distinct('failpoint', parts, (part) => Object.keys(part.failpoints ?? {}));
  distinct('advisory lock', parts, (part) => Object.values(part.locks ?? {}).map(String));
  const failpoints = merged(parts.map((part) => part.failpoints));

  const readers = [{ ...PLATFORM, variables: platformVariables(failpoints) }, ...parts.slice(1)];
  distinct('variable', readers, ({ variables = {} }) =>
    Object.entries(variables).flatMap(([name, { synonyms }]) => [name, ...synonyms]),
  );
  return {
    variables: merged(readers.map(({ variables }) => variables)),
    failpoints,
    declared: new Set(slices.flatMap(({ variables }) => (variables ? [variables] : []))),
    check: (values) => inOrder(slices).flatMap((slice) => slice.check?.(values) ?? []),
  };
}

/** The migrations, for `migrate`. */
export const migrationsOf = (slices: readonly Slice[]): Migrations =>
  new Migrations(inOrder(slices).flatMap(({ migrations }) => migrations ?? []));

/** Loaded now. */
export const modulesOf = (slices: readonly Slice[]): Promise<Type[]> =>
  Promise.all(inOrder(slices).map(({ module }) => module()));

type Part = Omit<Slice, 'module'>;

const PLATFORM: Part = { name: 'platform', failpoints: PLATFORM_FAILPOINTS, locks: PLATFORM_LOCKS };

const inOrder = (slices: readonly Slice[]): readonly Slice[] =>
  [...slices].sort((one, other) => (one.name < other.name ? -1 : 1));

const merged = <T>(records: readonly (Readonly<Record<string, T>> | undefined)[]): Readonly<Record<string, T>> =>
  Object.assign({}, ...records) as Readonly<Record<string, T>>;

function distinct(kind: string, parts: readonly Part[], claims: (part: Part) => readonly string[]): void {
  const owners = new Map<string, string>();
  for (const part of parts) {
    for (const claimed of claims(part)) {
      const other = owners.get(claimed);
      if (other !== undefined) {
        throw new ConflictingSlices(`${other} and ${part.name} both declare the ${kind} ${claimed}`);
      }
      owners.set(claimed, part.name);
    }
  }
}
