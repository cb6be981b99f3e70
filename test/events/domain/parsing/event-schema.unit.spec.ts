import { checkFields, EVENT_SCHEMA } from '../../../../src/events/domain/parsing/event-schema.js';
import { PayloadFields } from '../../../../src/events/domain/parsing/event-fields.js';

const properties = Object.entries(EVENT_SCHEMA.properties) as [
  keyof typeof EVENT_SCHEMA.properties,
  { description?: string; examples?: unknown[] },
][];

test('is plain JSON Schema, so that OpenAPI can show it', () => {
  const shown: unknown = JSON.parse(JSON.stringify(EVENT_SCHEMA));
  expect(shown).toMatchObject({
    type: 'object',
    properties: { user_id: { type: 'string', minLength: 1, maxLength: 255 } },
  });
  expect(JSON.stringify(shown)).not.toContain('~');
});

test.each(properties)('%s is described, and its examples pass', (name, schema) => {
  expect(schema.description).toMatch(/\.$/);
  expect(schema.examples?.length).toBeGreaterThan(0);
  for (const example of schema.examples ?? []) {
    expect(() => checkFields(Object.assign(new PayloadFields(), { [name]: example }))).not.toThrow();
  }
});

test.each(properties)('a wrong %s is named with what it must be', (name) => {
  const wrong = Object.assign(new PayloadFields(), { [name]: { wrong: 'x'.repeat(100) } });
  expect(() => checkFields(wrong)).toThrow(
    expect.objectContaining({
      reason: 'schema',
      field: name,
      detail: expect.stringMatching(new RegExp(`^${name} must be .+; got an object$`)) as string,
    }) as Error,
  );
});
