import type { TObject, Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { UpstreamFailure } from './upstream-failure.js';

/** The members of an answer that may hold its list. The first one that is there counts. */
const PLACES = ['items', 'data', 'content'] as const;
/** The deepest nesting of an item. The writer of our answer would fail at some thousands of levels. */
export const MOST_LEVELS = 32;

/** The check may be interrupted after so many items. */
const ITEMS_A_STEP = 16;

type Json = Record<string, unknown>;

export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly rejected: number;
  /** Says what is wrong with the first item that was rejected. */
  readonly firstFault: string | null;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The items of an answer. It is a list, or an object that has one as `items`, `data` or `content` (a page of Spring); one
 * object in place of a list is its only item; null is an empty list.
 */
export function itemsOf(answer: unknown): readonly unknown[] {
  const place = isObject(answer) ? PLACES.find((name) => Object.hasOwn(answer, name)) : undefined;
  const found = place === undefined ? answer : (answer as Json)[place];
  if (found === null) return [];
  if (Array.isArray(found)) return found as unknown[];
  if (isObject(found)) return [found];
  throw new UpstreamFailure('wrong_shape', `the answer is ${kindOf(found)}: a list or an object is needed`);
}

/** Checks items by the schema of what we answer with them. */
export class ItemCheck<Schema extends TObject> {
  private readonly check;
  private readonly fields: readonly { readonly name: string; readonly other: string; readonly optional: boolean }[];

  constructor(schema: Schema) {
    this.check = Compile(schema);
    const required: readonly string[] = (schema as { required?: readonly string[] }).required ?? [];
    this.fields = Object.keys(schema.properties).map((name) => ({
      name,
      other: otherCase(name),
      optional: !required.includes(name),
    }));
  }

  /**
   * Checks in steps, because some MB of short items take seconds.
   *
   * @throws {UpstreamFailure} if there are items and all of them are wrong
   */
  *of(answer: unknown): Generator<void, Listed<Static<Schema>>> {
    const items: Static<Schema>[] = [];
    let firstFault: string | null = null;
    const all = itemsOf(answer);
    for (let index = 0; index < all.length; index += 1) {
      if (index % ITEMS_A_STEP === 0) yield;
      const item = all[index];
      if (isObject(item) && this.fits(this.named(item))) items.push(item as Static<Schema>);
      // To say what is wrong takes far longer than to see that something is.
      else firstFault ??= `item ${index}: ${this.faultOf(item)}`;
    }
    if (items.length === 0 && firstFault !== null) throw new UpstreamFailure('wrong_shape', firstFault);
    return { items, rejected: all.length - items.length, firstFault };
  }

  /**
   * Gives the fields of an item our names, in place: the answer is read for this alone. A field's own name wins over the other
   * notation, and an absent field is null.
   */
  private named(item: Json): Json {
    for (const { name, other, optional } of this.fields) {
      if (item[name] === undefined && Object.hasOwn(item, other)) {
        item[name] = item[other];
        delete item[other];
      }
      if (item[name] === undefined && !optional) item[name] = null;
    }
    return item;
  }

  private fits(item: Json): boolean {
    return this.check.Check(item) && !isDeep(item, MOST_LEVELS + 1);
  }

  /** Says what is wrong with an item that does not fit. */
  private faultOf(item: unknown): string {
    if (!isObject(item)) return `it is ${kindOf(item)}, and not an object`;
    if (this.check.Check(item)) return `it has more than ${MOST_LEVELS} levels`;
    const [error] = this.check.Errors(item);
    const name = error?.instancePath.slice(1).split('/')[0] ?? '';
    return `${name} ${error?.message}, and is ${kindOf(item[name])}`;
  }
}

/** `created_at` ↔ `createdAt`. */
const otherCase = (name: string): string =>
  name.includes('_')
    ? name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Whether a value nests deeper than so many levels. It makes no list of the members, because it looks at every item. */
export function isDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const name in value) if (isDeep((value as Json)[name], levels - 1)) return true;
  return false;
}

/** It never shows the value itself, which is somebody's data. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'absent';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
