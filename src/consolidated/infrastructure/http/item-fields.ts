import type { TObject } from 'typebox';
import { type JsonText, OBJECT } from './json-text.js';

interface Field {
  readonly name: string;
  /** The name in the other notation: `createdAt` of `created_at`. */
  readonly other: string;
  readonly isOptional: boolean;
}

/** A name by which a field may come. */
interface Known {
  /** With its quotation marks, as it mostly stands there. */
  readonly written: string;
  /** Which of the fields it is. */
  readonly index: number;
  /** Whether it is our name, and not the one in the other notation. */
  readonly isOurs: boolean;
}

/** An item of more characters is none of ours: one of some MB, all of it short members, held up everybody for half a second. */
export const MOST_CHARACTERS = 1_048_576;

/** What was found of an item. */
export interface Found {
  readonly end: number;
  /** The levels of lists and objects within it. */
  readonly levels: number;
  /** Where the value of each field begins; -1: it is absent. */
  readonly begins: readonly number[];
  /** The values themselves. In place of a list or an object stands an empty one. */
  readonly values: readonly unknown[];
  /** Whether it has all our names and needs no other. */
  readonly isAsAnswered: boolean;
}

/**
 * The members of an item that we know. A service may name them in camelCase or in snake_case. A field's own name wins over the
 * other notation, and an absent field is null.
 */
export class ItemFields {
  /** So many characters at most has an item more as we answer with it: names in the other notation, and nulls for all others. */
  readonly mostAdded: number;
  private readonly fields: readonly Field[];
  private readonly known = new Map<string, Known>();
  /** Which name the item before had as its first member, its second and so on: most items of a list have the same. */
  private readonly before: Known[] = [];

  constructor(schema: TObject) {
    const required: readonly string[] = (schema as { required?: readonly string[] }).required ?? [];
    this.fields = Object.keys(schema.properties).map((name) => ({
      name,
      other: otherCase(name),
      isOptional: !required.includes(name),
    }));
    this.mostAdded = this.fields.reduce((sum, { name }) => sum + `"${name}":null,`.length, 0);
    this.fields.forEach(({ other }, index) => this.know(other, index, false));
    this.fields.forEach(({ name }, index) => this.know(name, index, true));
  }

  /**
   * Walks over the object that begins there.
   *
   * @returns null when it has too many characters: then it was not walked over to its end
   * @throws {UpstreamFailure} if it is no JSON
   */
  find(json: JsonText, from: number): Found | null {
    const { length } = this.fields;
    const begins = new Array<number>(length).fill(-1);
    const values = new Array<unknown>(length).fill(null);
    const areOurs = new Array<boolean>(length).fill(false);
    let [member, levels] = [0, 0];
    for (let name = json.first(from); name >= 0;) {
      const nameEnd = json.string(name);
      const value = json.valueOf(nameEnd);
      const valueEnd = json.value(value);
      if (valueEnd - from > MOST_CHARACTERS) return null;
      const known = this.named(json, name, nameEnd, member);
      member += 1;
      levels = Math.max(levels, json.levels);
      if (known && (known.isOurs || !areOurs[known.index])) {
        begins[known.index] = value;
        values[known.index] = json.plain(value, valueEnd);
        areOurs[known.index] = known.isOurs;
      }
      name = json.next(valueEnd, OBJECT);
    }
    const { end } = json;
    if (end - from > MOST_CHARACTERS) return null;
    const isAsAnswered = this.fields.every(
      ({ isOptional }, index) => areOurs[index] || (isOptional && begins[index]! < 0),
    );
    return { end, levels, begins, values, isAsAnswered };
  }

  /** The fields alone, by our names. */
  item({ begins, values }: Found): Record<string, unknown> {
    const item: Record<string, unknown> = {};
    this.fields.forEach(({ name, isOptional }, index) => {
      if (begins[index]! >= 0 || !isOptional) item[name] = values[index];
    });
    return item;
  }

  /** The item that was found there, with our names, and with null for each field that is absent. */
  write(json: JsonText, from: number, { begins }: Found): string {
    const members: string[] = [];
    json.members(from, (name, nameEnd, value) => {
      const index = begins.indexOf(value);
      const valueEnd = json.value(value);
      const ours = index < 0 ? json.text.slice(name, nameEnd) : JSON.stringify(this.fields[index]!.name);
      members.push(`${ours}:${json.text.slice(value, valueEnd)}`);
      return valueEnd;
    });
    this.fields.forEach(({ name, isOptional }, index) => {
      if (begins[index]! < 0 && !isOptional) members.push(`${JSON.stringify(name)}:null`);
    });
    return `{${members.join(',')}}`;
  }

  private know(name: string, index: number, isOurs: boolean): void {
    this.known.set(name, { written: JSON.stringify(name), index, isOurs });
  }

  private named(json: JsonText, name: number, nameEnd: number, member: number): Known | undefined {
    const before = this.before[member];
    if (before?.written.length === nameEnd - name && json.text.startsWith(before.written, name)) return before;
    const known = this.known.get(json.stringIn(name, nameEnd));
    if (known && member < this.known.size) this.before[member] = known;
    return known;
  }
}

/** `created_at` ↔ `createdAt`. */
const otherCase = (name: string): string =>
  name.includes('_')
    ? name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
