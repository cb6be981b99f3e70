import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchorsOf, documents, linksOf, textOf } from '../support/documents.js';

const isExternal = (target: string) => /^(https?|mailto):/.test(target);

/** Why a link of a document leads nowhere; null: it leads somewhere. */
function problemOf(document: string, target: string): string | null {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? document : normalize(join(dirname(document), decodeURIComponent(path)));
  if (!existsSync(file)) return `${document}: ${target}: there is no ${file}`;
  if (anchor === undefined) return null;
  if (!file.endsWith('.md')) return `${document}: ${target}: only a page has headings`;
  return anchorsOf(textOf(file)).includes(anchor) ? null : `${document}: ${target}: ${file} has no such heading`;
}

const filesOf = (folder: string, pattern: RegExp): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name) && !/(^|\/)(node_modules|reports)\//.test(name))
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());

describe('the documents', () => {
  it('have a README that is read in one go, with pictures', () => {
    const readme = textOf('README.md');
    expect(readme.split('\n').length - 1).toBeLessThanOrEqual(150);
    expect(linksOf(readme).filter((target) => target.endsWith('.png')).length).toBeGreaterThanOrEqual(3);
  });

  it('have only links that lead somewhere, headings included', () => {
    const links = documents().flatMap((document) =>
      linksOf(textOf(document))
        .filter((target) => !isExternal(target))
        .map((target) => [document, target] as const),
    );
    expect(links.length).toBeGreaterThan(100);
    expect(links.flatMap(([document, target]) => problemOf(document, target) ?? [])).toEqual([]);
  });

  it('notice a link that leads nowhere', () => {
    expect(problemOf('README.md', 'docs/design.md#identity')).toBeNull();
    expect(problemOf('README.md', 'docs/design.md#no-such-heading')).toContain('no such heading');
    expect(problemOf('docs/api.md', 'README.md')).toContain('there is no docs/README.md');
    expect(anchorsOf('# A `b` & c: d\n```sh\n# no heading\n```\n## A\n## A\n')).toEqual(['a-b--c-d', 'a', 'a-1']);
  });

  it('are all reached from the README', () => {
    const reached = new Set<string>();
    const read = (document: string): void => {
      if (reached.has(document)) return;
      reached.add(document);
      for (const target of linksOf(textOf(document)).filter((link) => !isExternal(link))) {
        const file = normalize(join(dirname(document), target.split('#')[0]!));
        if (file.endsWith('.md') && existsSync(file)) read(file);
      }
    };
    read('README.md');
    expect(documents().filter((document) => !reached.has(document))).toEqual([]);
  });

  it('name commands that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const text = documents().map(textOf).join('\n');
    const commands = [...text.matchAll(/npm run ([a-z][a-z0-9:-]*)/g)].map(([, command]) => command!);
    expect([...new Set(commands)].filter((command) => !(command in scripts))).toEqual([]);
    const benches = [...text.matchAll(/npm run bench -- ([a-z]+)/g)].map(([, name]) => name!);
    expect([...new Set(benches)].filter((name) => !existsSync(`test/bench/${name}.bench.ts`))).toEqual([]);
  });

  it('show each decision in its four parts, and list it', () => {
    const pages = readdirSync('docs/decisions').filter((name) => /^\d{4}-/.test(name));
    expect(pages.length).toBeGreaterThan(0);
    const listed = linksOf(textOf('docs/decisions/README.md'));
    expect(pages.filter((page) => !listed.includes(page))).toEqual([]);
    for (const page of pages) {
      const text = textOf(join('docs/decisions', page));
      expect([page, text.startsWith(`# ${Number(page.slice(0, 4))}. `)]).toEqual([page, true]);
      const parts = [...text.matchAll(/^## (.+)$/gm)].map(([, part]) => part);
      expect([page, parts]).toEqual([page, ['Context', 'Decision', 'Consequence', 'Figure']]);
    }
    expect(new Set(pages.map((page) => page.slice(0, 4))).size).toBe(pages.length);
  });
});

describe('the code', () => {
  it('names no document that is not in the repository', () => {
    const files = ['src', 'test', 'scripts', 'deploy'].flatMap((folder) =>
      filesOf(folder, /\.(c?ts|tsx|m?js|sql|xml)$/),
    );
    files.push('docker-compose.yml', '.dependency-cruiser.cjs', '.env', 'eslint.config.js', 'jest.config.mjs');
    const named = files.flatMap((file) =>
      // A page by its path, or a section of a document that is named by a word in capitals.
      [...readFileSync(file, 'utf8').matchAll(/(?<![\w./-])([\w./-]+\.md)\b|\b([A-Z]{4,} §)/g)].map(
        ([, page, section]) => ({ file, page: page ?? section! }),
      ),
    );
    const absent = named.filter(({ file, page }) => !existsSync(page) && !existsSync(join(dirname(file), page)));
    expect(absent.filter(({ file }) => !file.startsWith('test/documents/'))).toEqual([]);
    expect(named.map(({ page }) => page)).toContain('docs/benchmarks.md');
  });
});
