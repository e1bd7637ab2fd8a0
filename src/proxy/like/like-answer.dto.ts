import { ApiProperty } from '@nestjs/swagger';
import { AnsweredTarget } from '../target.dto.js';

/** The answer of `POST /like`: Instagram confirmed the state. */
export class LikeAnswer extends AnsweredTarget {
  @ApiProperty({ enum: [true] })
  ok: true;

  @ApiProperty({
    description:
      'The state that Instagram confirmed. It is the opposite of the requested one if another ' +
      'click on the same heart came while this one waited: only the last click is sent.',
  })
  liked: boolean;

  @ApiProperty({ enum: ['instagram'] })
  source: 'instagram';

  @ApiProperty({ format: 'date-time', description: 'When Instagram confirmed it.' })
  changed_at: string;
}
