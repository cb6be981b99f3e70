import type { analysts } from './analysts.en.js';
import { en, type Word as CommonWord } from './en.js';
import { es } from './es.js';

export type Word = CommonWord | keyof typeof analysts;
export type Language = 'en' | 'es';

const dictionaries: Record<Language, Partial<Record<Word, string>>> = { en: { ...en }, es: { ...es } };

/** Adds the words of a view: whoever does not open it does not load them. */
export function learn(words: Readonly<Record<Language, Readonly<Partial<Record<Word, string>>>>>): void {
  for (const one of ['en', 'es'] as const) Object.assign(dictionaries[one], words[one]);
}

const isLanguage = (text: string | null): text is Language => text === 'en' || text === 'es';

/** The language that a link names, else the one that was chosen here, else the browser's. */
function chosen(): Language {
  const asked = new URLSearchParams(location.search).get('lang') ?? stored();
  if (isLanguage(asked)) return asked;
  return navigator.languages.some((one) => one.startsWith('es') && !hasEnglishBefore(one)) ? 'es' : 'en';
}

/** Storage may be denied. */
function stored(): string | null {
  try {
    return localStorage.getItem('monitoreo.language');
  } catch {
    return null;
  }
}

const hasEnglishBefore = (spanish: string) =>
  navigator.languages.slice(0, navigator.languages.indexOf(spanish)).some((one) => one.startsWith('en'));

export const language: Language = chosen();
document.documentElement.lang = language;
// The charts' library writes numbers in the browser's language when it is loaded, and ends the page where that is no language
// (`en-US@posix`, of a Linux without locales). They are the page's.
Object.defineProperty(navigator, 'language', { value: language });

/** Words of another language need the page anew: nothing in it is kept twice. */
export function chooseLanguage(next: Language): void {
  try {
    localStorage.setItem('monitoreo.language', next);
  } catch {
    // The link says it instead.
  }
  const url = new URL(location.href);
  url.searchParams.set('lang', next);
  location.replace(url);
}

export function t(word: Word, values: Readonly<Record<string, string | number>> = {}): string {
  return (dictionaries[language][word] ?? word).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

const numbers = new Intl.NumberFormat(language, { useGrouping: true });
const compactNumbers = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const compactFigures = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 });
const twoDecimals = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const number = (value: number): string => numbers.format(value);
export const oneDecimal = (value: number): string => compactNumbers.format(value);
/** `1.8K`. */
export const compact = (value: number): string => compactFigures.format(value);
/** `62 %` of a part of 1. */
export const wholePercent = (part: number): string => `${numbers.format(Math.round(part * 100))} %`;
export const percent = (value: number): string => `${twoDecimals.format(value)} %`;

/** A decimal string, which may hold more digits than a number. */
export function money(amount: string, currency: string): string {
  const text = twoDecimals.format(amount as unknown as number);
  return currency === 'XXX' ? text : `${text} ${currency}`;
}

const DAY = { day: 'numeric', month: 'short' } as const;
const SECONDS = { hour: 'numeric', minute: '2-digit', second: '2-digit' } as const;

/** Writes a time in a zone of the page; `undefined` is the browser's. The year is written only if it is another than this one. */
export function dateTime(at: string | number, timeZone?: string): string {
  const date = new Date(at);
  const year = date.getFullYear() === new Date().getFullYear() ? {} : ({ year: 'numeric' } as const);
  return new Intl.DateTimeFormat(language, { ...DAY, ...year, ...SECONDS, timeZone }).format(date);
}

export const clock = (at: string | number, timeZone?: string): string =>
  new Intl.DateTimeFormat(language, { timeStyle: 'medium', timeZone }).format(new Date(at));

/** `Nov 26`. */
export const dayMonth = (at: string | number, timeZone?: string): string =>
  new Intl.DateTimeFormat(language, { ...DAY, timeZone }).format(new Date(at));

/** `Nov 26, 1:49 – 2:56 PM`. */
export const range = (from: string | number, to: string | number, timeZone?: string): string =>
  new Intl.DateTimeFormat(language, { ...DAY, hour: 'numeric', minute: '2-digit', timeZone }).formatRange(
    new Date(from),
    new Date(to),
  );

/** `1 h 5 min`, `12 s`. */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${number(Math.round(hours / 24))} d`;
}
