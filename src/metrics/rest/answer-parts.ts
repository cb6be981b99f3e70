import { ApiProperty } from '@nestjs/swagger';
import type { Missing } from '../domain/freshness.js';
import { PERIODS } from '../application/requested-window.js';

/** Decorators and parts that the answers share. */
export const count = (example: number, description: string) =>
  ApiProperty({ type: 'integer', minimum: 0, example, description });

export const decimal = (example: string, description: string, nullable = false) =>
  ApiProperty({
    type: 'string',
    ...(nullable ? { nullable } : {}),
    pattern: '^-?\\d+\\.\\d{2,4}$',
    example,
    description,
  });

export const time = (example: string, description: string) =>
  ApiProperty({ type: 'string', format: 'date-time', example, description });

export const nullableNumber = (example: number, description: string) =>
  ApiProperty({ type: 'number', nullable: true, example, description });

export const percent = (example: number, description: string) => ApiProperty({ minimum: 0, example, description });

export const currency = () =>
  ApiProperty({ example: 'EUR', description: 'ISO 4217; `XXX` where the sales named none.' });

export const period = () =>
  ApiProperty({
    type: 'string',
    nullable: true,
    enum: [...Object.keys(PERIODS), null],
    example: '24h',
    description: 'Null when `from` or `to` decided.',
  });

export const exactness = () =>
  ApiProperty({
    example: true,
    description:
      'False when the window reaches below what is kept: `window` is then rounded outward to quarter-hours, or, from facts, cut.',
  });

export const source = () =>
  ApiProperty({
    enum: ['projections', 'facts'],
    example: 'projections',
    description: 'Counts kept beside the events, or the events one by one. Both are exact.',
  });

export class WindowResponse {
  @time('2025-11-21T12:00:00.000Z', 'Not included.')
  from!: string;

  @time('2025-11-22T12:00:00.000Z', 'Included.')
  to!: string;
}

class MissingResponse implements Missing {
  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'persistent://public/default/clicks',
    description: 'Null when no topic is to blame.',
  })
  topic!: string | null;

  @ApiProperty({ enum: ['no_consumer', 'disconnected', 'lagging', 'retention'], example: 'lagging' })
  reason!: Missing['reason'];

  @ApiProperty({ example: 'Events published more than 10 s ago wait to be recorded.' })
  detail!: string;
}

export class FreshnessResponse {
  @time('2025-11-22T12:00:00.123Z', 'When the figures were read. Equal questions within a second share one answer.')
  as_of!: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    minimum: 0,
    example: 12,
    description:
      'From publish to commit, milliseconds: the longest of the last second, of all topics and consumers; null while nobody consumes.',
  })
  lag_ms!: number | null;

  @ApiProperty({ example: true, description: 'Whether all that was published until about `as_of` is counted.' })
  complete!: boolean;

  @ApiProperty({ type: [MissingResponse], description: 'Why it is not complete.' })
  missing!: readonly MissingResponse[];
}
