import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ERROR_CODES, type ErrorCode } from '../domain/error-codes.js';

const ABILITIES = ['like', 'comment', 'hide', 'delete', 'private_reply'] as const;
export type AbilityName = (typeof ABILITIES)[number];

/** One action of agents, and whether the account can do it. */
export class Ability {
  @ApiProperty({ enum: ABILITIES })
  name: AbilityName;

  @ApiProperty({
    description:
      'Whether the account was connected with the permissions for it. Meta may still refuse.',
  })
  possible: boolean;

  @ApiPropertyOptional({ enum: ERROR_CODES, description: 'The error code that a call would get.' })
  code?: ErrorCode;

  @ApiPropertyOptional({ description: 'The reason, for the agent to read.' })
  message?: string;

  @ApiPropertyOptional({ description: 'How to fix it, for the agent to read.' })
  fix?: string;

  @ApiPropertyOptional({
    description:
      'With `permission_missing`: a permission of Meta, `facebook_page` or `ALLOWED_ACTIONS`.',
  })
  missing?: string;
}

/** The account that acts, with its abilities. */
export class ActingAccount {
  @ApiProperty({ description: "The Instagram account's id.", example: '17841405309211844' })
  ig_user_id: string;

  @ApiProperty({ example: 'omniwear' })
  username: string;

  @ApiProperty({ type: [Ability] })
  abilities: Ability[];
}
