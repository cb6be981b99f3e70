import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, ValidateBy } from 'class-validator';
import Type from 'typebox';
import { Compile } from 'typebox/compile';

/** Each decorator documents a query parameter, optional unless it says otherwise, and checks it, from the same bounds, with one message that says what it should be. */
interface Documented<T> {
  readonly description: string;
  /** Works against a running service; never today's date. */
  readonly example: T;
}

const parameter = (api: ApiPropertyOptions, should: string, validate: (value: unknown) => boolean, required = false) =>
  applyDecorators(
    ApiProperty({ ...api, required } as ApiPropertyOptions),
    ...(required ? [] : [IsOptional()]),
    ValidateBy({ name: 'parameter', validator: { validate, defaultMessage: () => should } }),
  );

/** A whole number, written in digits. */
export const IntegerParameter = (options: Documented<number> & { min: number; max: number; default?: number }) => {
  const { min, max, ...documented } = options;
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
    ),
    parameter(
      { ...documented, type: 'integer', minimum: min, maximum: max },
      `must be a whole number from ${min} to ${max}`,
      (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
    ),
  );
};

/** One of a closed list. */
export const ChoiceParameter = (choices: readonly string[], options: Documented<string> & { default?: string }) =>
  parameter(
    { ...options, enum: [...choices] },
    `must be one of ${choices.join(', ')}`,
    (value) => typeof value === 'string' && choices.includes(value),
  );

/** A text of 1 to `max` characters, code points as in JSON Schema, given once; U+0000 can stand in no stored text. */
export const TextParameter = (options: Documented<string> & { max: number; required?: true }) => {
  const { max, required = false, ...documented } = options;
  const length = Compile(Type.String({ minLength: 1, maxLength: max }));
  return parameter(
    { ...documented, type: 'string', minLength: 1, maxLength: max },
    `must be given once, with 1 to ${max} characters and none of them U+0000`,
    (value) => length.Check(value) && !value.includes('\0'),
    required,
  );
};

/** A moment; the domain parses it and reports what is wrong with it. */
export const TimeParameter = (options: Documented<string>) =>
  parameter(
    {
      ...options,
      oneOf: [
        { type: 'string', format: 'date-time' },
        { type: 'integer', description: 'epoch milliseconds' },
      ],
    },
    'must be given once, as RFC 3339 with offset or as epoch milliseconds',
    (value) => typeof value === 'string' && value.length <= 64,
  );

/** Some of a closed list, separated by commas. The controller gets an array. */
export const ListParameter = (choices: readonly string[], options: Documented<string>) => {
  const one = `(${choices.join('|')})`;
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value)),
    parameter(
      { ...options, type: 'string', maxLength: 200, pattern: `^${one}(,${one})*$` },
      `must be one or more of ${choices.join(', ')}, separated by commas`,
      (value) =>
        Array.isArray(value) &&
        value.length <= choices.length &&
        value.every((entry) => choices.includes(String(entry))),
    ),
  );
};
