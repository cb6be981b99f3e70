import { joined, parted } from '../../parts/comma-list.js';

/** The kinds of a step. A kind that ends in a sign is followed by a page or a type. */
export const KINDS = ['click', 'conversion', 'sale', 'view@', 'click@', 'conversion:'] as const;
export type Kind = (typeof KINDS)[number];

export interface Step {
  readonly kind: Kind;
  /** A page, or the type of a conversion; empty for the other kinds. */
  readonly value: string;
}

export const LEAST_STEPS = 2;
export const MOST_STEPS = 6;

const USUAL: readonly Step[] = [
  { kind: 'click', value: '' },
  { kind: 'conversion', value: '' },
  { kind: 'sale', value: '' },
];
const FORM = /^(?:(click|conversion|sale)|(view@|click@|conversion:)(.+))$/s;

export const needsValue = ({ kind }: Step): boolean => kind.endsWith('@') || kind.endsWith(':');

export const isComplete = (step: Step): boolean => !needsValue(step) || step.value.trim() !== '';

/** The steps of an address: what is none is left out; where too few are left, the usual ones. */
export function readSteps(text: string | null): readonly Step[] {
  const known = parted(text ?? '').flatMap((name) => {
    const [, plain, kind, value = ''] = FORM.exec(name) ?? [];
    const known = (plain ?? kind) as Kind | undefined;
    return known === undefined ? [] : [{ kind: known, value }];
  });
  return known.length < LEAST_STEPS ? USUAL : known.slice(0, MOST_STEPS);
}

/** Writes the steps as the API and the address have them. */
export const writeSteps = (steps: readonly Step[]): string => joined(steps.map(({ kind, value }) => kind + value));

const WITHIN_FORM = /^([1-9]\d{0,5})([mhd])$/;
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
export const USUAL_WITHIN = '24h';
export const WITHINS = ['30m', '1h', USUAL_WITHIN, '7d', '30d', '90d'] as const;

/** `7d` of an address; what has another form is as good as absent. */
export const readWithin = (text: string | null): string =>
  text !== null && WITHIN_FORM.test(text) ? text : USUAL_WITHIN;

/** `24 h`. */
export function withinText(text: string): string {
  const [, count, unit] = WITHIN_FORM.exec(text) ?? [];
  return `${count} ${unit === 'm' ? 'min' : unit}`;
}

export function withinMs(text: string): number {
  const [, count, unit] = WITHIN_FORM.exec(text) ?? [];
  return Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
}
