import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { SANDBOX_METADATA } from '../credentials/sandbox-metadata.js';

/** The form that Zendesk POSTs about every two minutes per account (Zendesk, "Pull endpoint"). */
export class PullRequest {
  @ApiProperty({ description: 'The sealed account.', example: SANDBOX_METADATA })
  @IsString({ message: 'must be given once, as a string' })
  metadata: string;

  @ApiPropertyOptional({ description: "The last answer's state; empty at first.", example: '' })
  @IsOptional()
  @IsString({ message: 'must be given once, as a string' })
  state?: string;
}
