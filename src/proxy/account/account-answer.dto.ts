import { ApiProperty } from '@nestjs/swagger';
import { ActingAccount } from '../acting-account.dto.js';

/** The answer of `POST /account`. Instagram was asked just now, so the log-in is known to work. */
export class AccountAnswer extends ActingAccount {
  @ApiProperty({ enum: [true] })
  ok: true;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uri',
    description: 'Its address ends within days.',
  })
  picture: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: "When the account's log-in ends; `null` where no end is known.",
  })
  log_in_ends_at: string | null;
}
