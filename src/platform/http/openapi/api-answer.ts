import { ApiResponse, type ApiResponseOptions, type OpenAPIObject } from '@nestjs/swagger';
import type { TSchema } from 'typebox';
import { type Components, type JsonSchema, openApiSchema } from './openapi-schema.js';

type MediaTypes = NonNullable<Extract<ApiResponseOptions, { content?: unknown }>['content']>;
type Headers = ApiResponseOptions['headers'];

interface More {
  readonly description?: string;
  readonly headers?: Headers;
  /** The media type of the answer itself; JSON if none is given. */
  readonly mediaType?: string;
  /** Other forms of the answer, by media type. */
  readonly content?: MediaTypes;
}

/** Documents an answer of a route by its schema. Nothing is checked when it is sent: the tests do that. */
export const ApiAnswer = (
  status: number,
  schema: TSchema,
  { description = '', headers, mediaType = 'application/json', content }: More = {},
) =>
  ApiResponse({
    status,
    description,
    ...(headers ? { headers } : {}),
    content: { [mediaType]: { schema }, ...content },
  });

/** The answers of a document as OpenAPI writes them, each named part once among its components. */
export function writeAnswers(document: OpenAPIObject): OpenAPIObject {
  const components: Components = {};
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path)) {
      const { responses = {} } = (operation ?? {}) as { responses?: Record<string, { content?: MediaTypes }> };
      for (const { content = {} } of Object.values(responses)) {
        for (const media of Object.values(content)) {
          if (media.schema) media.schema = openApiSchema(media.schema as JsonSchema, components);
        }
      }
    }
  }
  return {
    ...document,
    components: { ...document.components, schemas: { ...document.components?.schemas, ...components } },
  };
}
