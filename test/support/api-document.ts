import Schema from 'typebox/schema';

type Json = Record<string, unknown>;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  /** Wherever the document puts it: beside the schema or in it. */
  readonly example?: unknown;
  readonly schema: Json;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters: readonly Parameter[];
  /** Parameters that exclude each other; one is needed. */
  readonly 'x-one-of'?: readonly string[];
  readonly security?: readonly Json[];
  readonly requestBody?: {
    content: Record<string, { schema?: Json; example?: unknown; examples?: Record<string, { value: unknown }> }>;
  };
  readonly responses: Record<string, { description?: string; content?: Record<string, { schema?: Json }> }>;
}

/** The served OpenAPI document, as a test asks of it. */
export class ApiDocument {
  private readonly converted = new Map<string, Json>();

  constructor(readonly document: Json) {}

  operations(): Operation[] {
    return Object.entries(this.document.paths as Record<string, Record<string, Json>>).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => {
        const parameters = ((operation.parameters ?? []) as Parameter[]).map((parameter) => ({
          ...parameter,
          example: parameter.example ?? parameter.schema.example,
        }));
        return { ...operation, parameters, method, path } as unknown as Operation;
      }),
    );
  }

  schemas(): Record<string, Json> {
    return (this.document.components as { schemas: Record<string, Json> }).schemas;
  }

  /** The errors of the value; empty when it matches. */
  errors(schema: Json, value: unknown): string[] {
    const [valid, errors] = Schema.Errors(this.rootOf(schema), value);
    return valid ? [] : errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
  }

  /** With the schemas that it leads to, and no others: each reference is searched for in all of them. */
  private rootOf(schema: Json): Json {
    const root = this.jsonSchema(schema) as Json;
    const schemas: Record<string, Json> = {};
    const reached = (node: unknown): void => {
      for (const [, name] of JSON.stringify(node).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
        const found = this.convertedSchema(name!);
        if (found === undefined || name! in schemas) continue;
        schemas[name!] = found;
        reached(found);
      }
    };
    reached(root);
    return { ...root, components: { schemas } };
  }

  private convertedSchema(name: string): Json | undefined {
    const schema = this.schemas()[name];
    if (schema !== undefined && !this.converted.has(name)) this.converted.set(name, this.jsonSchema(schema) as Json);
    return this.converted.get(name);
  }

  /** OpenAPI 3.0 writes a nullable type as `nullable: true`; JSON Schema as a list of types. */
  private jsonSchema(node: unknown): unknown {
    if (Array.isArray(node)) return node.map((item) => this.jsonSchema(item));
    if (typeof node !== 'object' || node === null) return node;
    const entries = Object.entries(node).map(([key, value]) => [key, this.jsonSchema(value)]);
    const { nullable, ...rest } = Object.fromEntries(entries) as Json;
    return nullable === true && rest.type !== undefined ? { ...rest, type: [rest.type, 'null'] } : rest;
  }
}
