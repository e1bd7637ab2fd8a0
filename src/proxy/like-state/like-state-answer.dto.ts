import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { KnownLike } from '../known-like.dto.js';
import { AnsweredTarget } from '../target.dto.js';

/** What is known of one like. */
export class LikeStateAnswer extends IntersectionType(AnsweredTarget, KnownLike) {
  @ApiProperty({ enum: [true] })
  ok: true;
}

/** The states of a list of targets, in its order. */
export class LikeStatesAnswer {
  @ApiProperty({ enum: [true] })
  ok: true;

  @ApiProperty({ type: [LikeStateAnswer] })
  states: LikeStateAnswer[];
}
