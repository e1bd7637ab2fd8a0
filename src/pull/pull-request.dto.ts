import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';

/** What Zendesk POSTs, as a form, about every two minutes for each account (Zendesk, "Pull endpoint"). */
export class PullRequest {
  @ApiProperty({ description: 'The sealed account.' })
  @IsString({ message: 'must be given once, as a string' })
  metadata: string;

  @ApiPropertyOptional({ description: "The last answer's state; blank at first." })
  @IsOptional()
  @IsString({ message: 'must be given once, as a string' })
  state?: string;
}
