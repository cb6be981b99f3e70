import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commitOfClone, machine } from '../faults/report.js';
import type { Outcome } from './stage.js';

export interface PartDone extends Outcome {
  readonly part: string;
  readonly options: string;
  readonly seconds: number;
}

/** @returns the path of the Markdown file */
export async function writeReport(folder: string, started: Date, parts: readonly PartDone[]): Promise<string> {
  await mkdir(folder, { recursive: true });
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const sections = parts.map(({ part, options, seconds, figures, broken }) =>
    [
      `## ${part}`,
      `\`npm run test:limits -- ${part} ${options}\`, ${seconds} s. ${broken.length === 0 ? 'No bound broken.' : `**Broken: ${broken.join('; ')}.**`}`,
      [row(['', '']), row(['---', '---']), ...Object.entries(figures).map(row)].join('\n'),
    ].join('\n\n'),
  );
  const about = { commit: commitOfClone(), started: started.toISOString(), ...machine('18.4') };
  const head = [row(['', '']), row(['---', '---']), ...Object.entries(about).map(row)].join('\n');
  const name = `${started.toISOString().slice(0, 16).replaceAll(':', '')}-${parts.map(({ part }) => part).join('-')}`;
  const path = join(folder, `${name}.md`);
  await writeFile(
    path,
    [`# At the limits, ${started.toISOString().slice(0, 10)}`, head, ...sections].join('\n\n') + '\n',
  );
  return path;
}
