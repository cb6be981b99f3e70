import { ApiProperty } from '@nestjs/swagger';
import { REJECTION_REASONS } from '../domain/rejection.js';

export class RecordedItemResponse {
  @ApiProperty({ type: 'integer', minimum: 0, example: 0, description: 'Place in the batch' })
  index!: number;
  @ApiProperty({ enum: ['recorded', 'duplicate', 'rejected'], example: 'recorded' })
  status!: 'recorded' | 'duplicate' | 'rejected';
  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'order-1001',
    description: 'Null when it was rejected before it had one',
  })
  event_id!: string | null;
  @ApiProperty({
    type: 'string',
    nullable: true,
    enum: [...Object.keys(REJECTION_REASONS), null],
    example: null,
    description: 'Why it was rejected',
  })
  code!: string | null;
  @ApiProperty({ type: 'string', nullable: true, example: null, description: 'What is wrong and how to mend it' })
  detail!: string | null;
}

export class RecordedEventsResponse {
  @ApiProperty({ type: [RecordedItemResponse] })
  results!: RecordedItemResponse[];
}
