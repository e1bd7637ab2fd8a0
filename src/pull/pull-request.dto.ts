import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { EXAMPLE_METADATA } from '../credentials/example-metadata.js';

/** What Zendesk POSTs, as a form, about every two minutes for each account (Zendesk, "Pull endpoint"). */
export class PullRequest {
  @ApiProperty({ description: 'The sealed account.', example: EXAMPLE_METADATA })
  @IsString({ message: 'must be given once, as a string' })
  metadata: string;

  @ApiPropertyOptional({ description: "The last answer's state; blank at first.", example: '' })
  @IsOptional()
  @IsString({ message: 'must be given once, as a string' })
  state?: string;
}
