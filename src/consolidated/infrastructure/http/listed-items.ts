import type { Static, TObject } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ServiceList } from '../../application/lists/service-list.js';
import { type Found, ItemFields, MOST_CHARACTERS } from './item-fields.js';
import { JsonText, LIST, noJson, OBJECT } from './json-text.js';
import { KeptItems } from './kept-items.js';
import { UpstreamFailure } from './upstream-failure.js';

/** The members of an answer that may hold its list. The first one that is there counts. */
const PLACES = ['items', 'data', 'content'];
/** The member in which the service of metrics sums up what it lists. */
const SUMS = 'dashboard';
/** The deepest nesting of an item. The readers of our answer may fail at some thousands of levels. */
export const MOST_LEVELS = 32;
/** So many bytes of the largest answer for each item: as we answer with it, an item has names that it may have lacked. */
const BYTES_PER_ITEM = 48;
/** The check may be interrupted after the item with which so many characters are walked over. */
const CHARACTERS_A_STEP = 8_192;

export interface Listed<Item> {
  readonly items: ServiceList<Item>;
  /** The memory that the items take beside the text of the answer. */
  readonly objectBytes: number;
  readonly rejected: number;
  /** Says what is wrong with the first item that was rejected. */
  readonly firstFault: string | null;
  /** The JSON of the sums beside the list; null: there are none. */
  readonly sums: string | null;
}

interface Bounds<Item> {
  /** The largest answer of a service. */
  readonly maxBytes: number;
  /** Tells whether an item is kept, if not all are. */
  readonly isWanted: ((item: Item) => boolean) | null;
}

type Checked<Item> = Omit<Listed<Item>, 'sums'> & {
  /** Where the list ends. */
  readonly end: number;
  /** Why it is none, or has no right item; null: it is well. */
  readonly fault: string | null;
};

/** Checks items by the schema of what we answer with them. */
export class ItemCheck<Schema extends TObject> {
  private readonly check;
  private readonly fields: ItemFields;

  constructor(schema: Schema) {
    this.check = Compile(schema);
    this.fields = new ItemFields(schema);
  }

  /**
   * The items of an answer. It is a list, or an object that has one as `items`, `data` or `content` (a page of Spring); one object
   * in place of a list is its only item; null is an empty list. The check goes in steps, because some MB of items take long.
   *
   * @throws {UpstreamFailure} if it is no JSON, or no list, or if there are items and all of them are wrong
   */
  *of(text: string, bounds: Bounds<Static<Schema>>): Generator<void, Listed<Static<Schema>>> {
    const json = new JsonText(text);
    const root = json.space(0);
    const { places, sums, end } = yield* this.members(json, root, bounds);
    const place = PLACES.find((one) => places.has(one));
    const checked = place === undefined ? yield* this.checked(json, root, bounds) : places.get(place)!;
    if (json.space(end ?? checked.end) < text.length) throw noJson();
    if (checked.fault !== null) throw new UpstreamFailure('wrong_shape', checked.fault);
    const { items, objectBytes, rejected, firstFault } = checked;
    return { items, objectBytes, rejected, firstFault, sums };
  }

  /** Looks for the list and the sums in an answer that is an object; in another there are none. */
  private *members(json: JsonText, root: number, bounds: Bounds<Static<Schema>>) {
    const places = new Map<string, Checked<Static<Schema>>>();
    let sums: string | null = null;
    if (json.signAt(root) !== OBJECT) return { places, sums, end: null };
    for (let name = json.first(root); name >= 0;) {
      const nameEnd = json.string(name);
      const member = json.stringIn(name, nameEnd);
      const value = json.valueOf(nameEnd);
      let end: number;
      if (PLACES.includes(member)) {
        const checked = yield* this.checked(json, value, bounds);
        places.set(member, checked);
        end = checked.end;
      } else end = yield* eachItem(json, value, (from) => json.value(from));
      if (member === SUMS) sums = json.text.slice(value, end);
      name = json.next(end, OBJECT);
    }
    return { places, sums, end: json.end };
  }

  private *checked(
    json: JsonText,
    list: number,
    { maxBytes, isWanted }: Bounds<Static<Schema>>,
  ): Generator<void, Checked<Static<Schema>>> {
    const items = new KeptItems<Static<Schema>>(json, this.fields);
    const most = Math.floor(maxBytes / BYTES_PER_ITEM);
    let [count, right] = [0, 0];
    let firstFault: string | null = null;
    const end = yield* eachItem(json, list, (from) => {
      if (count === most) throw new UpstreamFailure('too_large', `the list has more than ${most} items`);
      const found = json.signAt(from) === OBJECT ? this.fields.find(json, from) : null;
      const itemEnd = found ? found.end : json.value(from);
      const item = found ? this.fields.item(found) : json.plain(from, itemEnd);
      if (found && this.fits(item, found)) {
        right += 1;
        if (isWanted === null || isWanted(item as Static<Schema>)) items.add(item as Static<Schema>, from, found);
      } else firstFault ??= `item ${count}: ${this.faultOf(item, found !== null)}`;
      count += 1;
      return itemEnd;
    });
    const listed = json.plain(list, end);
    const isList = typeof listed === 'object'; // null, too
    const fault = isList ? null : `the answer is ${kindOf(listed)}: a list or an object is needed`;
    const { objectBytes } = items;
    return {
      items,
      objectBytes,
      rejected: count - right,
      firstFault,
      end,
      fault: right === 0 ? (fault ?? firstFault) : null,
    };
  }

  private fits(item: unknown, { levels }: Found): boolean {
    return this.check.Check(item) && levels <= MOST_LEVELS;
  }

  /** Says what is wrong with an item that does not fit. It takes far longer than to see that something is. */
  private faultOf(item: unknown, isFound: boolean): string {
    if (!isObject(item)) return `it is ${kindOf(item)}, and not an object`;
    if (!isFound) return `it has more than ${MOST_CHARACTERS} characters`;
    if (this.check.Check(item)) return `it has more than ${MOST_LEVELS} levels`;
    const [error] = this.check.Errors(item);
    const name = error?.instancePath.slice(1).split('/')[0] ?? '';
    return `${name} ${error?.message}, and is ${kindOf(item[name])}`;
  }
}

/**
 * Walks over the elements of a list in steps, or over one object in its place, or over another value, of which nothing is taken.
 *
 * @param take is given where one begins, and says where it ends
 * @returns the end of the list
 */
function* eachItem(json: JsonText, list: number, take: (from: number) => number): Generator<void, number> {
  const sign = json.signAt(list);
  if (sign === OBJECT) return take(list);
  if (sign !== LIST) return json.value(list);
  let walked = list;
  for (let item = json.first(list); item >= 0; item = json.next(take(item), LIST)) {
    if (item - walked < CHARACTERS_A_STEP) continue;
    walked = item;
    yield;
  }
  return json.end;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** It never shows the value itself, which is somebody's data. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'absent';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
