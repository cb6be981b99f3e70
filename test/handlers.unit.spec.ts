import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const HANDLER = /@(?:Command|Query)Handler\((\w+)\)\s*export class (\w+)/g;

const textsIn = async (folder: string, ending: RegExp): Promise<string[]> => {
  const files = (await readdir(folder, { recursive: true })).filter((file) => ending.test(file));
  return Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
};

describe('a handler', () => {
  it('has a unit spec, which makes it or the message that it takes', async () => {
    const sources = await textsIn('src', /\.(command|query)\.ts$/);
    const specs = (await textsIn('test', /\.unit\.spec\.ts$/)).join('\n');
    const handlers = sources.flatMap((text) =>
      [...text.matchAll(HANDLER)].map(([, message, name]) => ({ message, name })),
    );
    const isMade = (name = '') => specs.includes(`new ${name}(`);
    expect(handlers.length).toBeGreaterThan(40);
    expect(handlers.filter(({ message, name }) => !isMade(message) && !isMade(name))).toEqual([]);
  });
});
