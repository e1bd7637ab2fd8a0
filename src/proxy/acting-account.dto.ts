import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ERROR_CODES, type ErrorCode } from '../domain/error-codes.js';

export const ABILITIES = ['like', 'comment', 'hide', 'delete', 'private_reply'] as const;
export type AbilityName = (typeof ABILITIES)[number];

/** Something that an agent may want to do. */
export class Ability {
  @ApiProperty({ enum: ABILITIES })
  name: AbilityName;

  @ApiProperty({
    description: 'Whether the account was connected with what it takes. Meta may still refuse.',
  })
  possible: boolean;

  @ApiPropertyOptional({ enum: ERROR_CODES, description: 'What a call would be refused with.' })
  code?: ErrorCode;

  @ApiPropertyOptional({ description: 'Why not, for the agent to read.' })
  message?: string;

  @ApiPropertyOptional({ description: 'What can be done about it, for the agent to read.' })
  fix?: string;
}

/** Who acts, and what it may do. */
export class ActingAccount {
  @ApiProperty({ description: "The Instagram account's id.", example: '17841405309211844' })
  ig_user_id: string;

  @ApiProperty({ example: 'omniwear' })
  username: string;

  @ApiProperty({ type: [Ability] })
  abilities: Ability[];
}
