import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { KnownLike } from '../known-like.dto.js';
import { AnsweredTarget } from '../target.dto.js';

/** The known state of one like. */
export class LikeStateAnswer extends IntersectionType(AnsweredTarget, KnownLike) {
  @ApiProperty({ enum: [true] })
  ok: true;
}

/** The states of a list of targets, in the same order. */
export class LikeStatesAnswer {
  @ApiProperty({ enum: [true] })
  ok: true;

  @ApiProperty({ type: [LikeStateAnswer] })
  states: LikeStateAnswer[];
}
