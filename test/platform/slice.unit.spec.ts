import { readdirSync } from 'node:fs';
import { Config, InvalidConfiguration, loadConfig } from '../../src/platform/config/config.js';
import { integer, secret, text, type Variables } from '../../src/platform/config/variable.js';
import { MAY_FAIL } from '../../src/platform/failpoint.js';
import { topic } from '../../src/platform/pulsar/topic-variable.js';
import { ConflictingSlices, gather, migrationsOf, type Slice } from '../../src/platform/slice.js';
import * as catalogue from '../../src/slices.js';

class Nothing {}
const slice = (name: string, brings: Omit<Slice, 'name' | 'module'> = {}): Slice => ({
  name,
  module: () => Promise.resolve(Nothing),
  ...brings,
});

const COLOURS = {
  COLOURS_LIMIT: integer({ default: 5, min: 1, max: 9, about: '' }),
  COLOURS_KEY: secret({ default: null, about: '' }),
  COLOURS_TOPIC: topic({ default: 'colours', about: '' }),
} as const satisfies Variables;
const colours = slice('colours', { variables: COLOURS });

const problemsOf = (environment: Record<string, string>, slices: readonly Slice[]): readonly string[] => {
  try {
    loadConfig(slices, environment);
  } catch (error) {
    if (error instanceof InvalidConfiguration) return error.problems;
    throw error;
  }
  return [];
};

describe("a slice's variables", () => {
  it('are read with the types that it declared', () => {
    const config = loadConfig([colours], { COLOURS_LIMIT: '7', COLOURS_TOPIC: 'acme/shop/colours' });
    const { COLOURS_LIMIT, COLOURS_KEY, COLOURS_TOPIC } = config.of(COLOURS);
    const limit: number = COLOURS_LIMIT;
    const key: string | null = COLOURS_KEY;
    expect([limit, key, COLOURS_TOPIC]).toEqual([7, null, 'persistent://acme/shop/colours']);
    expect(loadConfig([colours], {}).of(COLOURS).COLOURS_TOPIC).toBe('persistent://public/default/colours');
  });

  it('are reported together with the wrong ones of all others, secrets masked', () => {
    expect(
      problemsOf(
        { COLOURS_LIMIT: '10', COLOURS_TOPIC: 'a b', PULSAR_TOPIC_SALES: 'non-persistent://a/b/c', PORT: 'x' },
        [...Object.values(catalogue), colours],
      ),
    ).toEqual([
      'PORT must be a whole number from 0 to 65535 (is "x")',
      'COLOURS_LIMIT must be a whole number from 1 to 9 (is "10")',
      `COLOURS_TOPIC must be a topic's name: the last part must be a name without blanks and control characters (is "a b")`,
      `PULSAR_TOPIC_SALES must be a topic's name: a non-persistent topic loses messages; write persistent://tenant/namespace/topic (is "non-persistent://a/b/c")`,
    ]);
    const picky = { PICKY: { ...secret({ default: null, about: '' }), parse: () => { throw new Error('better'); } } }; // prettier-ignore
    expect(problemsOf({ PICKY: 'canary' }, [slice('picky', { variables: picky })])).toEqual(['PICKY must be better']);
  });

  it('cannot be read where the slice is not in the list', () => {
    expect(() => loadConfig([], {}).of(COLOURS)).toThrow('no slice of the list has COLOURS_LIMIT');
    expect(() => loadConfig([], {}).with({ COLOURS_LIMIT: 3 })).toThrow('no slice of the list has COLOURS_LIMIT');
  });

  it('can be changed as any other, in a configuration of their own', () => {
    const config: Config = loadConfig([colours], {});
    const changed = config.with({ COLOURS_LIMIT: 9, PORT: 1 });
    expect([changed.of(COLOURS).COLOURS_LIMIT, changed.settings.PORT]).toEqual([9, 1]);
    expect(config.of(COLOURS).COLOURS_LIMIT).toBe(5);
  });
});

describe('what slices bring', () => {
  const any = text({ default: null, about: '' });

  it.each<[string, Slice[]]>([
    ['colours and shapes both declare the variable ONE', [slice('shapes', { variables: { ONE: any } }), slice('colours', { variables: { ONE: any } })]],
    ['shapes both declare the variable OLD', [slice('colours', { variables: { ONE: { ...any, synonyms: ['OLD'] } } }), slice('shapes', { variables: { OLD: any } })]],
    ['platform and colours both declare the variable PORT', [slice('colours', { variables: { PORT: any } })]],
    ['platform and colours both declare the variable HEATMAP_API_TOKEN', [slice('colours', { variables: { HEATMAP_API_TOKEN: any } })]],
    ['colours and shapes both declare the failpoint here', [slice('colours', { failpoints: { here: MAY_FAIL } }), slice('shapes', { failpoints: { here: MAY_FAIL } })]],
    ['colours and shapes both declare the advisory lock 5', [slice('colours', { locks: { one: 5 } }), slice('shapes', { locks: { other: 5 } })]],
    ['colours and colours both declare the advisory lock 5', [slice('colours', { locks: { one: 5, other: 5 } })]],
    ['platform and colours both declare the advisory lock 7301001', [slice('colours', { locks: { one: 7_301_001 } })]],
    ['colours and colours both declare the name colours', [slice('colours'), slice('colours')]],
    ['platform and platform both declare the name platform', [slice('platform')]],
  ])('is refused at the start of every process: %s', (says, slices) => {
    expect(() => loadConfig(slices, {})).toThrow(ConflictingSlices);
    expect(() => loadConfig(slices, {})).toThrow(says);
  }); // prettier-ignore

  it('does not depend on the order of the list', () => {
    const slices = Object.values(catalogue);
    const [one, other] = [gather(slices), gather([...slices].reverse())];
    expect(Object.keys(one.variables)).toEqual(Object.keys(other.variables));
    expect(Object.keys(one.failpoints)).toEqual(Object.keys(other.failpoints));
    expect(migrationsOf(slices)).toEqual(migrationsOf([...slices].reverse()));
  });

  it('has its folder’s name', () => {
    expect(
      Object.values(catalogue)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(
      readdirSync('src', { recursive: true, encoding: 'utf8' })
        .map((file) => /^([^/\\]+)[/\\]\1\.slice\.ts$/.exec(file)?.[1])
        .filter((name) => name !== undefined)
        .sort(),
    );
  });
});
