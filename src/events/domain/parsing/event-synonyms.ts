import { EVENT_TYPES, type EventType } from '../incoming-event.js';
import { EVENT_FIELD_NAMES, type EventFieldName, YOUNGER_FIELD_NAMES } from './field-names.js';

/** The other names of one field, in the order in which they are looked for. */
interface NamesOfField {
  readonly field: EventFieldName;
  readonly names: readonly string[];
}

/**
 * These have no other names: `event_type`, which the topic, the route or the item decides, and the object that the free
 * fields may come in.
 */
const NEVER_RENAMED = ['event_type', 'properties'];
const FIELDS: ReadonlySet<string> = new Set([...EVENT_FIELD_NAMES, ...NEVER_RENAMED]);
const TYPE_OF_FIELD: Readonly<Record<string, EventType>> = {
  reaction: 'click',
  conversion_type: 'conversion',
  amount: 'sale',
  currency: 'sale',
  ...Object.fromEntries(YOUNGER_FIELD_NAMES.map((field) => [field, 'click' as const])),
};

interface Pair {
  /** Null: of every type that has the field. */
  readonly type: EventType | null;
  readonly field: EventFieldName;
  readonly name: string;
}

/** Says what is wrong with a list of synonyms, in one sentence for each pair. */
export class InvalidSynonyms extends Error {
  override readonly name = 'InvalidSynonyms';
  constructor(readonly problems: readonly string[]) {
    super(`pairs such as sale.event_id=order_id or user_id=customer, separated by commas: ${problems.join('; ')}`);
  }
}

/**
 * Other names under which producers send the fields of an event: `conversion.user_id=affiliate_id,timestamp=occurred_at`. A field's own
 * name wins (`url` and `page_url` are two own names of one field), then the pairs of the event's type, then those of all types, each as
 * written. A name that is not used stays in `properties`.
 */
export class EventSynonyms {
  private readonly byType: Readonly<Record<EventType, readonly NamesOfField[]>>;
  /** Whether an `event_id` comes under another name: what was recorded without it has another identity. */
  readonly renameIdentity: boolean;

  private constructor(pairs: readonly Pair[]) {
    this.renameIdentity = pairs.some(({ field }) => field === 'event_id');
    this.byType = {
      click: namesOf('click', pairs),
      conversion: namesOf('conversion', pairs),
      sale: namesOf('sale', pairs),
    };
  }

  /** @throws {InvalidSynonyms} */
  static parse(text: string): EventSynonyms {
    const problems: string[] = [];
    const pairs = text
      .split(',')
      .filter((written) => written.trim() !== '')
      .flatMap((written) => parsePair(written, problems) ?? []);
    problems.push(...ambiguities(pairs));
    if (problems.length > 0) throw new InvalidSynonyms(problems);
    return new EventSynonyms(pairs);
  }

  ofType(type: EventType): readonly NamesOfField[] {
    return this.byType[type];
  }

  /** The other names of a field, for the text of an error. */
  namesOf(type: EventType, field: string): readonly string[] {
    const own = field === 'url' ? 'page_url' : field;
    return this.byType[type].find((one) => one.field === own)?.names ?? [];
  }
}

function namesOf(type: EventType, pairs: readonly Pair[]): NamesOfField[] {
  const ordered = [...pairs.filter((pair) => pair.type === type), ...pairs.filter((pair) => pair.type === null)];
  const names = new Map<EventFieldName, Set<string>>();
  for (const { field, name } of ordered.filter((pair) => isOn(type, pair.field))) {
    names.set(field, (names.get(field) ?? new Set()).add(name));
  }
  return [...names].map(([field, ofField]) => ({ field, names: [...ofField] }));
}

function parsePair(written: string, problems: string[]): Pair | null {
  const parts = written.split('=').map((part) => part.trim());
  const [left = '', name = ''] = parts;
  const path = left.split('.');
  const field = path.at(-1) ?? '';
  const type = path.length === 1 ? null : EVENT_TYPES.find((known) => known === path[0]);
  const shown = JSON.stringify(written.trim());
  if (parts.length !== 2 || path.length > 2 || field === '' || name === '') {
    problems.push(`${shown} must be field=name or type.field=name`);
  } else if (type === undefined) {
    problems.push(`${shown}: ${path[0]} is no event type, use ${EVENT_TYPES.join(', ')}`);
  } else if (!FIELDS.has(field) || NEVER_RENAMED.includes(field)) {
    problems.push(`${shown}: ${field} is no field that can have another name`);
  } else if (FIELDS.has(name)) {
    problems.push(`${shown}: ${name} is a field itself and cannot stand for another`);
  } else if (type !== null && !isOn(type, field)) {
    problems.push(`${shown}: ${field} is a field of a ${TYPE_OF_FIELD[field]}, not of a ${type}`);
  } else {
    return { type, field: field === 'url' ? 'page_url' : (field as EventFieldName), name };
  }
  return null;
}

/** One name cannot stand for two fields of one type: which of them it means would depend on what else was sent. */
function ambiguities(pairs: readonly Pair[]): string[] {
  const problems = EVENT_TYPES.flatMap((type) => {
    const fieldOf = new Map<string, EventFieldName>();
    return pairs.flatMap((pair) => {
      if ((pair.type !== null && pair.type !== type) || !isOn(type, pair.field)) return [];
      const other = fieldOf.get(pair.name) ?? pair.field;
      fieldOf.set(pair.name, other);
      return other === pair.field ? [] : [`"${pair.name}" stands for both ${other} and ${pair.field}`];
    });
  });
  return [...new Set(problems)];
}

const isOn = (type: EventType, field: string): boolean => (TYPE_OF_FIELD[field] ?? type) === type;
