import { ApiProperty } from '@nestjs/swagger';
import type { LikeState } from '../ledger/like-ledger.js';

/** What is known of the account's like of something. */
export class KnownLike {
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

export function knownLike(state: LikeState = { known: 'none' }): Pick<KnownLike, keyof KnownLike> {
  switch (state.known) {
    case 'confirmed':
      return { liked: state.liked, source: 'ledger', changed_at: state.changedAt };
    case 'pending':
    case 'none':
      return { liked: null, source: state.known, changed_at: null };
  }
}
