import { ApiProperty } from '@nestjs/swagger';
import { REASON_CODES, type RejectionReason } from '../../events/domain/rejection.js';
import type { ReplayTally } from '../application/replay-dead-letters.command.js';
import { DEAD_LETTER_STATES, type DeadLetterState } from '../application/dead-letters-reader.port.js';

export class ReplayedLetterResponse {
  @ApiProperty({ format: 'uuid', example: '019aab4c-3e80-7abc-8def-0123456789ab' })
  id!: string;

  @ApiProperty({
    enum: ['recorded', 'duplicate', 'rejected'],
    example: 'recorded',
    description: '`duplicate`: the event was recorded already, or the letter replayed already.',
  })
  status!: 'recorded' | 'duplicate' | 'rejected';

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'order-1001',
    description: 'What it is recorded as; of a rejected one null, or the id that it would have had.',
  })
  event_id!: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    enum: [...REASON_CODES, null],
    example: null,
    description: 'Why this attempt was rejected.',
  })
  code!: RejectionReason | null;

  @ApiProperty({ type: 'string', nullable: true, example: null, description: 'What is wrong and how to mend it.' })
  detail!: string | null;

  @ApiProperty({ enum: DEAD_LETTER_STATES, example: 'replayed', description: 'Of the letter now.' })
  state!: DeadLetterState;

  @ApiProperty({ type: 'integer', minimum: 1, example: 2 })
  attempts!: number;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, example: '2025-11-22T12:00:00.000Z' })
  replayed_at!: string | null;
}

const count = (description: string, example = 0) => ApiProperty({ type: 'integer', minimum: 0, example, description });

export class ReplayTallyResponse implements ReplayTally {
  @count('Recorded now.', 12)
  recorded!: number;

  @count('Found recorded already; their letters are replayed too.')
  duplicate!: number;

  @count('Rejected again: open, with the reason and detail of this attempt.')
  rejected!: number;

  @count('In the hands of another replay.')
  skipped!: number;

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: null,
    description: 'Send it as `cursor` to go on after the last letter tried; null at the end.',
  })
  next_cursor!: string | null;
}
