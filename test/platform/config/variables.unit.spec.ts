import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { loadConfig } from '../../../src/platform/config/config.js';
import { gather } from '../../../src/platform/slice.js';
import * as catalogue from '../../../src/slices.js';

const slices = Object.values(catalogue);
const { variables } = gather(slices);
const names = Object.keys(variables).sort();
const synonyms = Object.values(variables).flatMap((variable) => variable.synonyms);

/** docs/configuration.md, `.env` and Compose name what the code reads, and nothing else. */
describe('the variables', () => {
  it('stand in .env, each commented out with its default', () => {
    const lines = readFileSync('.env', 'utf8').split('\n');
    const declared: Record<string, string> = {};
    for (const line of lines) {
      const [, name, value] = /^# ([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
      if (name !== undefined) declared[name] = value ?? '';
    }
    expect(Object.keys(declared).sort()).toEqual(names);
    expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);

    const withDefaults = loadConfig(slices, declared).settings;
    const defaults = loadConfig(slices, {}).settings;
    // What is unset by default may be shown with the value it then works as.
    for (const [name, value] of Object.entries(defaults)) {
      if (value !== null)
        expect({ [name]: withDefaults[name as keyof typeof withDefaults] }).toEqual({ [name]: value });
    }
  });

  it('stand in docs/configuration.md with their defaults', () => {
    const rows = readFileSync('docs/configuration.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const documented = new Map(
      rows.flatMap((row) => {
        const [, variable = '', fallback = ''] = row.split('|').map((cell) => cell.trim());
        const found = [...variable.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map((match) => match[1]!);
        return found.map((name) => [name, fallback] as const);
      }),
    );
    expect([...documented.keys()].filter((name) => !synonyms.includes(name)).sort()).toEqual(names);
    expect(synonyms.filter((name) => !documented.has(name))).toEqual([]);
    for (const [name, variable] of Object.entries(variables)) {
      const shown = documented.get(name)!;
      if (variable.default === null) expect([name, shown.startsWith('unset')]).toEqual([name, true]);
      else expect([name, shown]).toEqual([name, `\`${variable.default as string | number | boolean}\``]);
    }
  });

  it('are the only ones that Compose sets for the service', () => {
    const compose = load(readFileSync('docker-compose.yml', 'utf8')) as {
      services: { monitoreo: { environment: Record<string, string> } };
    };
    const set = Object.keys(compose.services.monitoreo.environment);
    expect(set.length).toBeGreaterThan(0);
    expect(set.filter((name) => !names.includes(name) && !synonyms.includes(name))).toEqual([]);
  });
});
