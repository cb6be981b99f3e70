import { ApiProperty } from '@nestjs/swagger';
import { IsIn, ValidateBy } from 'class-validator';
import { isKeyName, KEY_NAME_RULE, MAX_KEY_NAME } from '../domain/key-name.js';
import { ROLES, type Role } from '../domain/role.js';

export class CreateKeyRequest {
  @ApiProperty({ enum: ROLES, example: 'read', description: 'What the key may do.' })
  @IsIn(ROLES, { message: `must be one of ${ROLES.join(', ')}` })
  readonly role!: Role;

  @ApiProperty({
    type: 'string',
    minLength: 1,
    maxLength: MAX_KEY_NAME,
    example: 'grafana',
    description: 'Who has it.',
  })
  @ValidateBy({ name: 'name', validator: { validate: isKeyName, defaultMessage: () => KEY_NAME_RULE } })
  readonly name!: string;
}
