import { isDeepStrictEqual } from 'node:util';

export type JsonSchema = Readonly<Record<string, unknown>>;
/** Named schemas of a document. */
export type Components = Record<string, JsonSchema>;

/** OpenAPI 3.0 has no type `null`. */
const NULL: JsonSchema = { type: 'object', nullable: true, enum: [null] };

/**
 * JSON Schema, as TypeBox writes it, in the words of OpenAPI 3.0: `nullable`, `example`, `additionalProperties` for a record,
 * `enum` for a constant. A schema with an `$id` becomes a component of that name and a reference to it.
 *
 * @param components gets the named schemas
 * @throws Error when two different schemas have one name
 */
export function openApiSchema({ $id: name, ...schema }: JsonSchema, components: Components): JsonSchema {
  const written = rewritten(schema, components);
  if (typeof name !== 'string') return written;
  const known = (components[name] ??= written);
  if (!isDeepStrictEqual(known, written)) throw new Error(`two different schemas are named ${name}`);
  return { $ref: `#/components/schemas/${name}` };
}

function rewritten({ examples, patternProperties, ...schema }: JsonSchema, components: Components): JsonSchema {
  const write = (inner: unknown) => openApiSchema(inner as JsonSchema, components);
  const { anyOf, const: only, ...rest } = schema;
  const written: Record<string, unknown> = { ...(anyOf ? union((anyOf as unknown[]).map(write)) : {}), ...rest };
  if (only !== undefined) written.enum = [only];
  if (written.enum && !written.type) written.type = typeof (written.enum as unknown[])[0];
  if (rest.allOf) written.allOf = (rest.allOf as unknown[]).map(write);
  if (rest.items) written.items = write(rest.items);
  if (rest.properties) written.properties = mapped(rest.properties, write);
  if (patternProperties) written.additionalProperties = ofRecord(write(Object.values(patternProperties)[0]));
  if (examples) written.example = (examples as unknown[])[0];
  return written;
}

/** Unites schemas that are written already: a type `null` among them makes the others nullable. */
function union(members: readonly JsonSchema[]): JsonSchema {
  const others = members.filter(({ type }) => type !== 'null');
  if (others.length === members.length) return { anyOf: members };
  const [one] = others;
  if (others.length > 1 || !one?.type) return { anyOf: [...others, NULL] };
  return { ...one, nullable: true, ...(one.enum ? { enum: [...(one.enum as unknown[]), null] } : {}) };
}

const mapped = (schemas: unknown, write: (schema: unknown) => JsonSchema) =>
  Object.fromEntries(Object.entries(schemas as object).map(([key, schema]) => [key, write(schema)]));

const ofRecord = (values: JsonSchema) => (Object.keys(values).length === 0 ? true : values);
