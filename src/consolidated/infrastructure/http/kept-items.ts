import type { ServiceList } from '../../application/lists/service-list.js';
import type { Found, ItemFields } from './item-fields.js';
import type { JsonText } from './json-text.js';

const MOST_BYTES_PER_CHARACTER = 3;
/** The items of a shorter text are kept as objects too, and need not be made again. */
const SHORT = 262_144;
/** About what such an object takes, with its texts. */
const OBJECT_BYTES = 250;

/** Items by where they stand in the text of an answer. */
export class KeptItems<Item> implements ServiceList<Item> {
  private readonly begins: number[] = [];
  private readonly ends: number[] = [];
  /** Null: they are made when they are asked for. */
  private readonly made: Item[] | null;
  private areAsAnswered = true;

  constructor(
    private readonly answer: JsonText,
    private readonly fields: ItemFields,
  ) {
    this.made = answer.text.length <= SHORT ? [] : null;
  }

  add(item: Item, from: number, { end, isAsAnswered }: Found): void {
    this.made?.push(item);
    this.begins.push(from);
    this.ends.push(end);
    this.areAsAnswered &&= isAsAnswered;
  }

  /** The memory of the objects, beside that of the text. */
  get objectBytes(): number {
    return (this.made?.length ?? 0) * OBJECT_BYTES;
  }

  get length(): number {
    return this.begins.length;
  }

  [Symbol.iterator](): Iterator<Item> {
    return this.made ? this.made.values() : this.makeEach();
  }

  json(index: number): string {
    const from = this.begins[index]!;
    return this.areAsAnswered
      ? this.answer.text.slice(from, this.ends[index])
      : this.fields.write(this.answer, from, this.found(from));
  }

  mostBytes(from: number, to: number): number {
    if (from >= to) return 0;
    const characters = this.ends[to - 1]! - this.begins[from]! + (to - from) * this.fields.mostAdded;
    return MOST_BYTES_PER_CHARACTER * characters;
  }

  private *makeEach(): Generator<Item, void> {
    for (const from of this.begins) yield this.fields.item(this.found(from)) as Item;
  }

  /** What was found when the item was added. */
  private found(from: number): Found {
    return this.fields.find(this.answer, from)!;
  }
}
