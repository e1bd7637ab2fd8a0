import { ApiProperty } from '@nestjs/swagger';
import { AnsweredTarget } from '../target.dto.js';

/** The answer of `POST /like`: Instagram confirmed the state. */
export class LikeAnswer extends AnsweredTarget {
  @ApiProperty({ enum: [true] })
  ok: true;

  @ApiProperty()
  liked: boolean;

  @ApiProperty({ enum: ['instagram'] })
  source: 'instagram';

  @ApiProperty({ format: 'date-time', description: 'When Instagram confirmed it.' })
  changed_at: string;
}
