import Type, { type Static, type TObject, type TProperties, type TSchema } from 'typebox';

type Frozen<T> = T extends object ? { readonly [Name in keyof T]: Frozen<T[Name]> } : T;

/** An answer as code makes and passes it on: nobody changes one, since one that is kept is given to many. */
export type Answer<Schema extends TSchema> = Frozen<Static<Schema>>;

/**
 * An object that has these members and no other, under its name in the API document. The schema is the answer's type, its
 * part of the document (`ApiAnswer`) and its test; it stands in an `*.answer.ts`, which needs no framework and nothing of
 * Node, so that pages can take their types from there.
 */
export const answer = <Members extends TProperties>(name: string, members: Members): TObject<Members> =>
  Type.Object(members, { $id: name, additionalProperties: false });

/** A named part, and what it is in this place. */
export const described = <Schema extends TSchema>(schema: Schema, description: string) =>
  Type.Intersect([schema], { description });

interface Documented {
  readonly description?: string;
  readonly examples?: unknown[];
}

/** @param documented where it differs from the schema's own */
export const nullable = <Schema extends TSchema>(schema: Schema, documented: Documented = {}) =>
  Type.Union([schema, Type.Null()], { ...documented });

export const text = (example: string, description?: string) =>
  Type.String({ examples: [example], ...(description === undefined ? {} : { description }) });

/** RFC 3339. */
export const time = (example: string, description: string) =>
  Type.String({ format: 'date-time', examples: [example], description });

export const count = (example: number, description: string, minimum = 0) =>
  Type.Integer({ minimum, examples: [example], description });
