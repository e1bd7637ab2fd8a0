import { ApiProperty } from '@nestjs/swagger';
import type { LikeState } from '../ledger/likes/like-ledger.js';

/** The known state of the account's like of a post or comment. */
export class KnownLike {
  @ApiProperty({
    type: Boolean,
    nullable: true,
    description: 'Whether the account likes it; `null` if unknown.',
  })
  liked: boolean | null;

  @ApiProperty({
    enum: ['ledger', 'none', 'pending', 'restored'],
    description:
      '`ledger`: set through this service and confirmed by Instagram. `none`: never set through ' +
      'this service. `pending`: sent, but the outcome is unknown. `restored`: set through this ' +
      'service, but its database was restored since, so a later click may be missing.',
  })
  source: 'ledger' | 'none' | 'pending' | 'restored';

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When Instagram confirmed it; `null` if `liked` is `null`.',
  })
  changed_at: string | null;
}

export function toKnownLike(
  state: LikeState = { known: 'none' },
): Pick<KnownLike, keyof KnownLike> {
  switch (state.known) {
    case 'confirmed':
      return { liked: state.liked, source: 'ledger', changed_at: state.changedAt };
    case 'pending':
    case 'restored':
    case 'none':
      return { liked: null, source: state.known, changed_at: null };
  }
}
