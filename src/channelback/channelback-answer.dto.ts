import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** The answer of `POST /channelback` (Zendesk, "Channelback"). */
export class ChannelbackAnswer {
  @ApiProperty({
    description:
      "The new comment's external id. A pull uses the same one, so Zendesk skips the comment.",
  })
  external_id: string;

  @ApiProperty({ description: 'Whether the ticket accepts more replies.' })
  allow_channelback: boolean;

  @ApiPropertyOptional({ description: 'The account in a new seal, if its key or seal is old.' })
  metadata?: string;
}
