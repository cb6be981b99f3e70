import { ApiParam } from '@nestjs/swagger';
import { invalidRequest } from '../../platform/http/validation.js';
import { parseTopicName } from '../../platform/pulsar/topic-name.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The `id` of a route's path. */
export const ApiLetterId = () =>
  ApiParam({
    name: 'id',
    description: 'As `GET /dead-letters` shows it.',
    schema: {
      type: 'string',
      format: 'uuid',
      minLength: 36,
      maxLength: 36,
      example: '019aab4c-3e80-7abc-8def-0123456789ab',
    },
  });

/** @throws Problem 400 */
export function letterId(id: string): string {
  if (UUID.test(id)) return id.toLowerCase();
  throw invalidRequest([{ field: 'id', message: 'must be a UUID' }]);
}

/** Makes the full name of a short or full one; an absent name stays null. @throws Problem 400 */
export function fullTopicName(topic: string | null | undefined): string | null {
  if (topic === undefined || topic === null) return null;
  try {
    return parseTopicName(topic).full;
  } catch (error) {
    throw invalidRequest([{ field: 'topic', message: (error as Error).message }]);
  }
}
