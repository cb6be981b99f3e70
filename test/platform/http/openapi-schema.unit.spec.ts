import Type, { type TSchema } from 'typebox';
import { type Components, type JsonSchema, openApiSchema } from '../../../src/platform/http/openapi/openapi-schema.js';

const PAIR = Type.Object({ a: Type.String() }, { $id: 'Pair', additionalProperties: false });
const LETTER = Type.Enum(['a', 'b'], { $id: 'Letter' });
const PAIR_COMPONENT = {
  type: 'object',
  required: ['a'],
  properties: { a: { type: 'string' } },
  additionalProperties: false,
};
const NULL = { type: 'object', nullable: true, enum: [null] };

const written = (schema: TSchema) => {
  const components: Components = {};
  return { schema: openApiSchema(schema as JsonSchema, components), components };
};

describe('JSON Schema in the words of OpenAPI 3.0', () => {
  it.each<[string, TSchema, JsonSchema]>([
    ['a plain type, its bounds', Type.Integer({ minimum: 0, maximum: 9 }), { type: 'integer', minimum: 0, maximum: 9 }],
    ['examples: the first', Type.String({ examples: ['x', 'y'] }), { type: 'string', example: 'x' }],
    ['an example that is null', Type.Null({ examples: [null] }), { type: 'null', example: null }],
    [
      'nullable',
      Type.Union([Type.String({ description: 'inner', examples: ['x'] }), Type.Null()]),
      { type: 'string', nullable: true, description: 'inner', example: 'x' },
    ],
    [
      'nullable, with words of its own',
      Type.Union([Type.String({ description: 'inner', examples: ['x'] }), Type.Null()], {
        description: 'outer',
        examples: [null],
      }),
      { type: 'string', nullable: true, description: 'outer', example: null },
    ],
    ['an enum', Type.Enum(['a', 'b']), { type: 'string', enum: ['a', 'b'] }],
    [
      'an enum that is nullable: null is one of its values',
      Type.Union([Type.Enum(['a', 'b']), Type.Null()]),
      { type: 'string', nullable: true, enum: ['a', 'b', null] },
    ],
    ['a constant', Type.Literal('facts'), { type: 'string', enum: ['facts'] }],
    [
      'a union',
      Type.Union([Type.Number(), Type.String({ maxLength: 3 })]),
      { anyOf: [{ type: 'number' }, { type: 'string', maxLength: 3 }] },
    ],
    [
      'a union that is nullable',
      Type.Union([Type.Number(), Type.String(), Type.Null()]),
      { anyOf: [{ type: 'number' }, { type: 'string' }, NULL] },
    ],
    [
      'a record',
      Type.Record(Type.String(), Type.Integer()),
      { type: 'object', additionalProperties: { type: 'integer' } },
    ],
    [
      'a record of anything',
      Type.Record(Type.String(), Type.Unknown()),
      { type: 'object', additionalProperties: true },
    ],
    ['a list', Type.Array(Type.Enum(['a'])), { type: 'array', items: { type: 'string', enum: ['a'] } }],
    [
      'an object, whatever its members are called',
      Type.Object({ properties: Type.Literal('x'), examples: Type.Optional(Type.Literal('y')) }),
      {
        type: 'object',
        required: ['properties'],
        properties: { properties: { type: 'string', enum: ['x'] }, examples: { type: 'string', enum: ['y'] } },
      },
    ],
  ])('%s', (_, schema, expected) => {
    expect(written(schema)).toEqual({ schema: expected, components: {} });
  });

  const PAIR_REFERENCE = { $ref: '#/components/schemas/Pair' };
  it.each<[string, TSchema, JsonSchema]>([
    ['alone', PAIR, PAIR_REFERENCE],
    ['in a list', Type.Array(PAIR), { type: 'array', items: PAIR_REFERENCE }],
    ['in a record', Type.Record(Type.String(), PAIR), { type: 'object', additionalProperties: PAIR_REFERENCE }],
    ['described', Type.Intersect([PAIR], { description: 'x' }), { allOf: [PAIR_REFERENCE], description: 'x' }],
    ['nullable', Type.Union([PAIR, Type.Null()]), { anyOf: [PAIR_REFERENCE, NULL] }],
    [
      'twice',
      Type.Union([PAIR, Type.Array(PAIR)]),
      { anyOf: [PAIR_REFERENCE, { type: 'array', items: PAIR_REFERENCE }] },
    ],
  ])('a named part, %s: a component and a reference', (_, schema, expected) => {
    expect(written(schema)).toEqual({ schema: expected, components: { Pair: PAIR_COMPONENT } });
  });

  it('named parts of named parts', () => {
    const { schema, components } = written(Type.Object({ pair: PAIR, letter: LETTER }, { $id: 'Outer' }));
    expect(schema).toEqual({ $ref: '#/components/schemas/Outer' });
    expect(Object.keys(components).sort()).toEqual(['Letter', 'Outer', 'Pair']);
    expect(components.Outer).toMatchObject({ properties: { pair: PAIR_REFERENCE } });
    expect(components.Letter).toEqual({ type: 'string', enum: ['a', 'b'] });
  });

  it('refuses two different schemas of one name', () => {
    expect(() => written(Type.Object({ a: PAIR, b: Type.String({ $id: 'Pair' }) }))).toThrow('named Pair');
  });

  it('leaves the schema as it was', () => {
    const schema = Type.Union([Type.Enum(['a'], { examples: ['a'] }), Type.Null()]);
    const before = JSON.stringify(schema);
    written(schema);
    expect(JSON.stringify(schema)).toBe(before);
  });
});
