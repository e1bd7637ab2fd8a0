import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength, NotContains } from 'class-validator';
import { SANDBOX_METADATA } from '../credentials/sandbox-metadata.js';
import { CHANNELBACK_LIMITS } from '../zendesk/limits.js';

const ONCE = { message: 'must be given once, as a string' };

/** The form that Zendesk POSTs when an agent answers a ticket (Zendesk, "Channelback"). */
export class ChannelbackRequest {
  @ApiProperty({ description: 'The sealed account.', example: SANDBOX_METADATA })
  @IsString(ONCE)
  metadata: string;

  @ApiProperty({
    description: "The agent's text.",
    example: 'Thank you!',
    maxLength: CHANNELBACK_LIMITS.message,
  })
  @MaxLength(CHANNELBACK_LIMITS.message, { message: 'is too long' })
  @IsString(ONCE)
  message: string;

  @ApiPropertyOptional({
    description: 'The `external_id` of the post or comment to answer.',
    example: 'comment:17895695668004550:17873440459141021',
  })
  @IsOptional()
  @MaxLength(CHANNELBACK_LIMITS.parent_id, { message: 'is too long' })
  @IsString(ONCE)
  parent_id?: string;

  @ApiPropertyOptional({
    description: 'The thread to answer, if there is no `parent_id`.',
  })
  @IsOptional()
  @MaxLength(CHANNELBACK_LIMITS.thread_id, { message: 'is too long' })
  @IsString(ONCE)
  thread_id?: string;

  @ApiPropertyOptional({
    description:
      'Identifies a reply that Zendesk repeats. Without it, the same text for the same parent ' +
      'within ten minutes is the same reply.',
    example: 'reply-1',
  })
  @IsOptional()
  @NotContains('\0', { message: 'must not hold a NUL' })
  @MaxLength(CHANNELBACK_LIMITS.request_unique_identifier, { message: 'is too long' })
  @IsString(ONCE)
  request_unique_identifier?: string;
}
