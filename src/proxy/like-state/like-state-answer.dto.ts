import { ApiProperty } from '@nestjs/swagger';
import { AnsweredTarget } from '../target.dto.js';

/** What is known of one like. */
export class LikeStateAnswer extends AnsweredTarget {
  @ApiProperty({ enum: [true] })
  ok: true;

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: 'Whether the account likes it; `null` where that is not known.',
  })
  liked: boolean | null;

  @ApiProperty({
    enum: ['ledger', 'none', 'pending'],
    description:
      '`ledger`: set through this service, and Instagram confirmed it. `none`: never set through this service, and Instagram does not tell. `pending`: sent, but whether it worked is not known.',
  })
  source: 'ledger' | 'none' | 'pending';

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When Instagram confirmed it; `null` where nothing is known.',
  })
  changed_at: string | null;
}

/** The states of a list of targets, in its order. */
export class LikeStatesAnswer {
  @ApiProperty({ enum: [true] })
  ok: true;

  @ApiProperty({ type: [LikeStateAnswer] })
  states: LikeStateAnswer[];
}
