import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ExternalResource } from '../zendesk/external-resource.js';
import { METADATA_MAX_CHARS, RESOURCES_MAX, STATE_MAX_CHARS } from '../zendesk/limits.js';

/** The answer of `POST /pull` (Zendesk, "Pull endpoint"). */
export class PullAnswer {
  @ApiProperty({
    type: 'array',
    maxItems: RESOURCES_MAX,
    items: { type: 'object' },
    description: 'New posts and comments, those first that others stand under.',
  })
  external_resources: readonly ExternalResource[];

  @ApiPropertyOptional({
    maxLength: STATE_MAX_CHARS,
    description: 'Where the next pull goes on. Left out, Zendesk keeps the one it has.',
  })
  state?: string;

  @ApiPropertyOptional({
    description: 'The account has to be connected anew: its log-in has ended, or soon does.',
  })
  metadata_needs_update?: boolean;

  @ApiPropertyOptional({
    maxLength: METADATA_MAX_CHARS,
    description: 'The account, sealed anew because its key is an old one.',
  })
  metadata?: string;
}
