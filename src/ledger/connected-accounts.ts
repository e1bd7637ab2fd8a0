import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database } from './database.js';

export type ConnectionState = 'active' | 'inactive' | 'removed';

/** Which accounts are connected at which Zendesk, as Zendesk's events told. */
@Injectable()
export class ConnectedAccounts {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @param toldAt when Zendesk says that it happened, in milliseconds since 1970: events may come twice and out of order. */
  async note(
    igUserId: string,
    subdomain: string,
    state: ConnectionState,
    toldAt: number,
  ): Promise<void> {
    const told_at = new Date(Math.min(toldAt, this.clock.now())).toISOString();
    const row = { ig_user_id: igUserId, subdomain, state, told_at };
    await this.database.db
      .insertInto('connected_accounts')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(['ig_user_id', 'subdomain'])
          .doUpdateSet({ state, told_at })
          .where('connected_accounts.told_at', '<=', told_at),
      )
      .execute();
  }

  async list(): Promise<{ igUserId: string; subdomain: string; state: string }[]> {
    const rows = await this.database.db
      .selectFrom('connected_accounts')
      .selectAll()
      .orderBy('ig_user_id')
      .orderBy('subdomain')
      .execute();
    return rows.map(({ ig_user_id: igUserId, subdomain, state }) => ({
      igUserId,
      subdomain,
      state,
    }));
  }
}
