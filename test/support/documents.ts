import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The repository's own pages, as paths from its root. */
export const documents = (): string[] => [
  ...readdirSync('.').filter((name) => name.endsWith('.md')),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

export const textOf = (document: string): string => readFileSync(document, 'utf8');

/** The text of a document as a reader sees it: without the examples. */
export const withoutCode = (markdown: string): string =>
  markdown.replace(/^```[^]*?^```$/gm, '').replace(/(`+)[^]*?\1/g, (code) => code.replace(/[[\]#]/g, ' '));

/** Where links and pictures lead. */
export const linksOf = (markdown: string): string[] =>
  [...withoutCode(markdown).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target]) => target!);

/** The names by which GitHub lets a link lead to the headings of a page. */
export function anchorsOf(markdown: string): string[] {
  const headings = markdown.replace(/^```[^]*?^```$/gm, '').matchAll(/^#{1,6} +(.+?) *$/gm);
  const times = new Map<string, number>();
  return [...headings].map(([, heading]) => {
    const anchor = heading!
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const before = times.get(anchor) ?? 0;
    times.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

/** The cells of each row whose first one begins with a name in code quotes, in the tables below a heading, without their heads. */
export function rowsBelow(markdown: string, heading: string): string[][] {
  const [, section = ''] = markdown.split(new RegExp(`^#+ ${heading}$`, 'm'));
  return section
    .split(/^#/m, 1)[0]!
    .split('\n')
    .filter((line, at, lines) => line.startsWith('| `') && !lines[at + 1]?.startsWith('| -'))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

/** Every name in code quotes of a cell. */
export const namesIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
