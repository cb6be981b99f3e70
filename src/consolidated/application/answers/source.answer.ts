import Type from 'typebox';
import { type Answer, answer, count, nullable, text, time } from '../../../platform/answer-schema.js';
import { REASONS, STATUSES, UPSTREAMS } from '../../domain/upstream.js';

const STATUS = Type.Enum([...STATUSES], {
  examples: ['ok'],
  description:
    '`no_data`: it answered that there is nothing. `error`: it did not answer as it should; `reason` says why.',
});

export const ServicesStatus = answer('ServicesStatus', {
  microservice1: STATUS,
  microservice2: STATUS,
  microservice3: STATUS,
  microservice4: STATUS,
});
export type ServicesStatus = Answer<typeof ServicesStatus>;

/** One service: how it was asked, and what came of it. */
export const Source = answer('Source', {
  name: Type.Enum([...UPSTREAMS], { examples: ['microservice3'] }),
  gives: text('post_metrics', 'What it is asked for.'),
  status: STATUS,
  ms: count(42, 'From the question to its end, all attempts and waits together, milliseconds.'),
  attempts: count(1, 'How often it was asked; 0 where it was not, as with `breaker_open`.'),
  reason: nullable(Type.Enum([...REASONS], { examples: ['wrong_shape'] }), {
    examples: ['wrong_shape'],
    description: 'Why there is nothing, or, with `ok` and `wrong_shape`, why not all: some items were left out.',
  }),
  detail: nullable(
    text('item 3: views must be a number, and is a string', 'The same in words; of items the first that was left out.'),
  ),
  rejected_items: count(1, 'Items that were left out because they are of the wrong shape.'),
  as_of: time('2025-10-05T12:00:00.000Z', 'When it answered, or was given up.'),
});
export type Source = Answer<typeof Source>;

/** Stands beside the answer of each route. */
export const SOURCES = Type.Array(Source, { description: 'The four services, in their order.' });
