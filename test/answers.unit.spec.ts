import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TSchema } from 'typebox';
import Schema from 'typebox/schema';
import ts from 'typescript';

const FILES = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.answer.ts'))
  .map((file) => join('src', file))
  .sort();

type Json = Record<string, unknown>;

/** One whole answer, put together from the examples of its parts. */
function exampleOf(schema: Json): unknown {
  const { examples, properties, items, allOf, anyOf, enum: values } = schema as Record<string, Json[] | undefined>;
  if (examples) return examples[0];
  if (properties) return Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, exampleOf(part)]));
  if (items) return [exampleOf(items as unknown as Json)];
  if (values) return values[0];
  const [first] = allOf ?? anyOf ?? [];
  if (first) return exampleOf(first);
  throw new Error(`no example: ${JSON.stringify(schema)}`);
}

/** Every schema in a schema that has examples of its own. */
function documented(schema: unknown): Json[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const inner = Object.values(schema).flatMap(documented);
  return 'examples' in schema && Array.isArray(schema.examples) ? [schema, ...inner] : inner;
}

const isAnswer = (value: unknown): value is TSchema =>
  typeof value === 'object' && value !== null && '$id' in value && 'properties' in value;

async function answersOf(file: string): Promise<[string, TSchema][]> {
  const exported = (await import(pathToFileURL(join(process.cwd(), file)).href)) as Json;
  return Object.entries(exported).filter((entry): entry is [string, TSchema] => isAnswer(entry[1]));
}

describe('the schemas of the answers', () => {
  let answers: [string, TSchema][];
  beforeAll(async () => {
    answers = (await Promise.all(FILES.map(answersOf))).flat();
  });

  it('are all here', () => {
    expect(answers.length).toBeGreaterThan(20);
    for (const name of ['EventPage', 'DeadLetterDetails', 'Metrics', 'Timeseries', 'HealthReport', 'ProblemDetails']) {
      expect(answers.map(([known]) => known)).toContain(name);
    }
  });

  it('take their own examples: each part, and an answer put together from them', () => {
    for (const [name, schema] of answers) {
      for (const part of documented(schema)) {
        for (const example of part.examples as unknown[]) {
          expect([name, example, Schema.Check(part, example)]).toEqual([name, example, true]);
        }
      }
      expect([name, Schema.Errors(schema, exampleOf(schema as Json))]).toEqual([name, [true, []]]);
    }
  });

  it('are closed: nothing may be missing, nothing be added', () => {
    for (const [name, schema] of answers) {
      const example = exampleOf(schema as Json) as Json;
      expect([name, Schema.Check(schema, { ...example, planted: 1 })]).toEqual([name, false]);
      for (const member of (schema as unknown as { required: string[] }).required) {
        const rest = { ...example };
        delete rest[member];
        expect([name, member, Schema.Check(schema, rest)]).toEqual([name, member, false]);
      }
    }
  });

  it('need neither a framework nor Node, so that a page can take its types from them', () => {
    const program = ts.createProgram(FILES, {
      target: ts.ScriptTarget.ES2023,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
    });
    expect(ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText)).toEqual([]);
    const packages = program
      .getSourceFiles()
      .map(({ fileName }) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(fileName)?.[1])
      .filter((name) => name !== undefined);
    expect([...new Set(packages)].sort()).toEqual(['typebox', 'typescript']);
  }, 60_000);
});
