import { ApiProperty } from '@nestjs/swagger';
import { REASON_CODES, type RejectionReason } from '../../events/domain/rejection.js';
import type { DeadLetterPage } from '../application/get-dead-letters.query.js';
import type { ReasonCount } from '../application/count-dead-letters.query.js';
import {
  DEAD_LETTER_STATES,
  type DeadLetterState,
  type DeadLetterView,
} from '../application/dead-letters-reader.port.js';

const time = (example: string, description: string) =>
  ApiProperty({ type: 'string', format: 'date-time', example, description });

const timeOrNull = (example: string | null, description: string) =>
  ApiProperty({ type: 'string', format: 'date-time', nullable: true, example, description });

const textOrNull = (example: string | null, description: string) =>
  ApiProperty({ type: 'string', nullable: true, example, description });

const count = (example: number, description: string) =>
  ApiProperty({ type: 'integer', minimum: 0, example, description });

export class DeadLetterResponse implements DeadLetterView {
  @ApiProperty({ format: 'uuid', example: '019aab4c-3e80-7abc-8def-0123456789ab' })
  id!: string;

  @ApiProperty({
    enum: REASON_CODES,
    enumName: 'RejectionReason',
    example: 'schema',
    description: 'Why the bytes as sent cannot be recorded; `/dead-letters/counts` says how to mend it.',
  })
  reason!: RejectionReason;

  @textOrNull('user_id: must be a string of 1 to 255 characters; got nothing', 'What is wrong and how to mend it.')
  detail!: string | null;

  @ApiProperty({ example: 'persistent://public/default/clicks', description: 'Full name, without a partition.' })
  topic!: string;

  @ApiProperty({ example: '12:345:-1:-1', description: '`ledger:entry:partition:batchIndex`.' })
  message_id!: string;

  @textOrNull(null, 'Key of the message.')
  key!: string | null;

  @time('2025-11-22T11:00:00.000Z', 'When the broker got it: what the age of the event is measured from.')
  published_at!: string;

  @timeOrNull(null, 'Event time of the message.')
  event_time!: string | null;

  @time('2025-11-22T11:00:00.100Z', 'When it became a dead letter.')
  first_seen!: string;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    example: 1,
    description: 'How often recording was tried: deliveries and replays.',
  })
  attempts!: number;

  @ApiProperty({ enum: DEAD_LETTER_STATES, example: 'open' })
  state!: DeadLetterState;

  @timeOrNull(null, 'When a replay found it recorded; null while it is open.')
  replayed_at!: string | null;

  @textOrNull(null, 'What it was recorded as; null while it is open.')
  event_id!: string | null;

  @count(37, 'Size of the bytes as sent.')
  payload_bytes!: number;
}

export class DeadLetterPageResponse implements DeadLetterPage {
  @ApiProperty({ type: [DeadLetterResponse], description: 'Newest first.' })
  dead_letters!: readonly DeadLetterResponse[];

  @textOrNull(
    'MSAxNzYzODA5MjAwMDAwIDAxOWFhYjRjLTNlODAtN2FiYy04ZGVmLTAxMjM0NTY3ODlhYg',
    'Send it as `cursor` for the next older page; null at the end.',
  )
  next_cursor!: string | null;
}

export class DeadLetterDetailsResponse extends DeadLetterResponse {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { source: 'shop' },
    description: 'Of the message.',
  })
  properties!: Readonly<Record<string, string>>;

  @ApiProperty({ example: 'eyJ1cmwiOiIvcHJpY2luZyJ9', description: 'The bytes as sent, base64.' })
  payload_base64!: string;

  @textOrNull('{"url":"/pricing"}', 'The first 4,096 characters, when the bytes are UTF-8; else null.')
  payload_text!: string | null;
}

export class ReasonCountResponse implements ReasonCount {
  @ApiProperty({ enum: REASON_CODES, enumName: 'RejectionReason', example: 'schema' })
  reason!: RejectionReason;

  @ApiProperty({ example: 'a field is missing, or has the wrong type, length or range' })
  meaning!: string;

  @ApiProperty({ example: 'The detail names the field and what it should be. Replay with the corrected field.' })
  fix!: string;

  @count(3, 'Letters that were not replayed.')
  open!: number;

  @count(12, 'Letters that were replayed and are still kept.')
  replayed!: number;
}

export class DeadLetterCountsResponse {
  @ApiProperty({ type: [ReasonCountResponse], description: 'The closed list, in the order of the checks.' })
  reasons!: readonly ReasonCountResponse[];

  @count(3, 'Over all reasons.')
  open!: number;

  @count(12, 'Over all reasons.')
  replayed!: number;
}
