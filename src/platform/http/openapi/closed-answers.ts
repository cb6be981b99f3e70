import type { OpenAPIObject } from '@nestjs/swagger';

type Schema = { properties?: unknown; additionalProperties?: unknown; $ref?: string };

/**
 * Answers hold what is documented and nothing else: every object schema that an answer reaches gets
 * `additionalProperties: false`, unless it says otherwise itself. Schemas of bodies stay open.
 */
export function closeAnswers(document: OpenAPIObject): OpenAPIObject {
  const seen = new Set<unknown>();
  const close = (node: unknown): void => {
    if (typeof node !== 'object' || node === null || seen.has(node)) return;
    seen.add(node);
    const schema = node as Schema;
    if (typeof schema.$ref === 'string') {
      close(document.components?.schemas?.[schema.$ref.replace('#/components/schemas/', '')]);
    }
    if (schema.properties !== undefined) schema.additionalProperties ??= false;
    for (const [key, value] of Object.entries(node)) {
      // A map of properties is no schema itself, although an event has a property named `properties`.
      if (key === 'properties') Object.values(value as object).forEach(close);
      else close(value);
    }
  };
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path)) close((operation as { responses?: unknown } | undefined)?.responses);
  }
  return document;
}
