import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ExternalResource } from '../zendesk/external-resource.js';
import { METADATA_MAX_CHARS, RESOURCES_MAX, STATE_MAX_CHARS } from '../zendesk/limits.js';

/** The answer of `POST /pull` (Zendesk, "Pull endpoint"). */
export class PullAnswer {
  @ApiProperty({
    type: 'array',
    maxItems: RESOURCES_MAX,
    items: { type: 'object' },
    description: 'New posts and comments, oldest first; parents come before their replies.',
  })
  external_resources: readonly ExternalResource[];

  @ApiPropertyOptional({
    maxLength: STATE_MAX_CHARS,
    description: 'Where the next pull continues. Without it, Zendesk keeps its state.',
  })
  state?: string;

  @ApiPropertyOptional({
    description: 'The account must be reconnected: its login has ended or ends soon.',
  })
  metadata_needs_update?: boolean;

  @ApiPropertyOptional({
    maxLength: METADATA_MAX_CHARS,
    description: 'The account in a new seal, if its key or seal is old.',
  })
  metadata?: string;
}
