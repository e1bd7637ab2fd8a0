import { ApiProperty } from '@nestjs/swagger';
import { ActingAccount } from '../acting-account.dto.js';

/** The answer of `POST /account`. Instagram was asked, so the login works. */
export class AccountAnswer extends ActingAccount {
  @ApiProperty({ enum: [true] })
  ok: true;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uri',
    description: 'The address expires within days.',
  })
  picture: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: "When the account's login ends; `null` if no end is known.",
  })
  log_in_ends_at: string | null;
}
