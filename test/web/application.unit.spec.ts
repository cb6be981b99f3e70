import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const APP = 'src/web/app/src';
const files = readdirSync(APP, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
const textOf = (file: string) => readFileSync(join(APP, file), 'utf8');

describe('the pages as a program of their own', () => {
  it('take from the server nothing but the types of answers', () => {
    const imports = files.flatMap((file) =>
      [...textOf(file).matchAll(/^import (type )?[^;]*? from '((?:\.\.\/)+(?:[a-z-]+\/)+[^']*)';/gm)].map(
        ([, type, from]) => ({ file, type: type !== undefined, path: join(APP, file, '..', from!) }),
      ),
    );
    const ofServer = imports.filter(({ path }) => !path.startsWith('src/web/app/'));
    expect(ofServer.length).toBeGreaterThan(8);
    expect(ofServer.filter(({ type, path }) => !type || !path.endsWith('.answer.js'))).toEqual([]);
  });

  it('show text from outside as text alone', () => {
    const dangerous = /dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/;
    expect(files.filter((file) => dangerous.test(textOf(file)))).toEqual([]);
  });
});
