import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** The answer of `POST /channelback` (Zendesk, "Channelback"). */
export class ChannelbackAnswer {
  @ApiProperty({
    description: 'The new comment, as a pull names it, so that it is not imported again.',
  })
  external_id: string;

  @ApiProperty({ description: 'Whether the ticket takes more replies.' })
  allow_channelback: boolean;

  @ApiPropertyOptional({ description: 'The account, sealed anew because its key is an old one.' })
  metadata?: string;
}
