import { type ArgumentMetadata, type Type, type ValidationError, ValidationPipe } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import type { BadField } from '../broken-rule.js';
import { Problem } from './problems/problem.js';

/** Checks query strings and cold bodies against their request class; unknown fields are dropped. */
export const validationPipe = () =>
  new RequestPipe({
    transform: true,
    whitelist: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => invalidRequest(fieldErrors(errors)),
  });

/** A 400 that names each bad field and what it should be. */
export const invalidRequest = (errors: readonly BadField[]) =>
  new Problem(400, 'invalid_request', errors.map(({ field, message }) => `${field} ${message}`).join('; '), { errors });

class RequestPipe extends ValidationPipe {
  /** The classes of queries that are right without any parameter, which is how most requests come. */
  private readonly rightWhenEmpty = new Set<Type>();

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { type, metatype } = metadata;
    const names = metatype ? parametersOf(metatype) : NO_NAMES;
    if (!metatype || names.size === 0) return super.transform(value, metadata);
    const sent = ownFields(value, names);
    if (type !== 'query') return super.transform(sent, metadata);
    const errors = misspelt(Object.keys(value ?? {}), names);
    if (errors.length > 0) throw invalidRequest(errors);
    const isEmpty = Object.keys(sent ?? {}).length === 0;
    if (isEmpty && this.rightWhenEmpty.has(metatype)) return new metatype();
    const checked: unknown = await super.transform(sent, metadata);
    if (isEmpty) this.rightWhenEmpty.add(metatype);
    return checked;
  }
}

/**
 * Unknown parameters are ignored, but not one of the route's own in another notation: `user_id[]=a`, `user_id[0]=a`,
 * `user_id.eq=a` (as some clients write lists and operators) and `USER_ID=a` mean the filter, and whoever sent it would
 * take the unfiltered answer for the filtered one.
 */
function misspelt(sent: readonly string[], known: ReadonlySet<string>): BadField[] {
  return sent.flatMap((field) => {
    if (known.has(field)) return [];
    const meant = /^[^[\].]*/.exec(field)?.[0].trim().toLowerCase() ?? '';
    return known.has(meant) ? [{ field, message: `is no parameter: write it as ${meant}=…` }] : [];
  });
}

const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * The fields that a request class knows, and of an object among them only that it is one: none is meant to be. The step that turns
 * them into the class looks at each key beside all others: a megabyte of keys took 7 s.
 */
function ownFields(sent: unknown, names: ReadonlySet<string>): unknown {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return sent;
  const own = Object.entries(sent).filter(([name]) => names.has(name));
  return Object.fromEntries(
    own.map(([name, value]) => [name, Array.isArray(value) ? value.map(hollow) : hollow(value)]),
  );
}

const hollow = (value: unknown): unknown => (typeof value === 'object' && value !== null ? {} : value);

const parameters = new Map<Type, ReadonlySet<string>>();

function parametersOf(request: Type): ReadonlySet<string> {
  let known = parameters.get(request);
  if (!known) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(request, '', false, false);
    parameters.set(request, (known = new Set(rules.map(({ propertyName }) => propertyName))));
  }
  return known;
}

const fieldErrors = (errors: readonly ValidationError[], path = ''): BadField[] =>
  errors.flatMap((error) => [
    ...Object.values(error.constraints ?? {}).map((message) => ({ field: `${path}${error.property}`, message })),
    ...fieldErrors(error.children ?? [], `${path}${error.property}.`),
  ]);
