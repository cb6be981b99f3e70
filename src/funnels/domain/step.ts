import { type BadField, BrokenRule } from '../../platform/broken-rule.js';
import type { EventType } from '../../events/domain/event-type.js';

export const LEAST_STEPS = 2;
export const MOST_STEPS = 6;

/** A condition on an event. Steps of different kinds share no event. */
export interface Step {
  /** As the client wrote it. */
  readonly name: string;
  readonly kind: EventType | 'view';
  readonly conversionType: string | null;
  readonly pageUrl: string | null;
}

/** The steps cannot be read, or there are too few or too many. */
export class InvalidSteps extends BrokenRule {
  override readonly name = 'InvalidSteps';
  constructor(errors: readonly BadField[]) {
    super(400, 'invalid_steps', errors.map(({ field, message }) => `${field} ${message}`).join('; '), errors);
  }
}

/** Whether one event can meet both. */
export const mayBeBoth = (one: Step, other: Step): boolean =>
  one.kind === other.kind && agree(one.conversionType, other.conversionType) && agree(one.pageUrl, other.pageUrl);

/** Whether an event that meets the one always meets the other, too. */
export const isAlways = (one: Step, other: Step): boolean =>
  mayBeBoth(one, other) &&
  (other.conversionType === null || one.conversionType !== null) &&
  (other.pageUrl === null || one.pageUrl !== null);

const agree = (one: string | null, other: string | null) => one === null || other === null || one === other;

const FORM = /^(?:(click|conversion|sale)|(conversion):(.+)|(click|view)@(.+))$/s;

/**
 * `click`, `conversion`, `sale`, `conversion:<type>`, `click@<page_url>`, `view@<page_url>`, separated by commas. A comma and a `%`
 * inside a step are percent-encoded.
 *
 * @throws {InvalidSteps}
 */
export function parseSteps(text: string): Step[] {
  const names = text.split(',');
  if (names.length < LEAST_STEPS || names.length > MOST_STEPS) {
    throw invalid(`must be ${LEAST_STEPS} to ${MOST_STEPS}, separated by commas`);
  }
  return names.map(stepOf);
}

function stepOf(name: string): Step {
  const [, type, conversion, conversionType, place, pageUrl] = FORM.exec(decoded(name)) ?? [];
  const kind = (type ?? conversion ?? place) as Step['kind'] | undefined;
  if (kind === undefined) {
    throw invalid('must each be click, conversion, sale, conversion:<type>, click@<page_url> or view@<page_url>');
  }
  return { name, kind, conversionType: conversionType ?? null, pageUrl: pageUrl ?? null };
}

function decoded(name: string): string {
  try {
    const text = decodeURIComponent(name);
    if (!text.includes('\0')) return text;
  } catch {
    throw invalid('must be percent-encoded where a step holds a comma or a percent sign: %2C, %25');
  }
  throw invalid('must not hold U+0000');
}

const invalid = (message: string) => new InvalidSteps([{ field: 'steps', message }]);
