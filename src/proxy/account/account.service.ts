import { Injectable } from '@nestjs/common';
import { isoTime } from '../../common/iso-time.js';
import type { Account } from '../../domain/account.js';
import { InstagramClient } from '../../instagram/instagram-client.js';
import { AbilitiesService } from '../abilities.service.js';
import type { ProxyCall } from '../proxy-call.js';
import type { AccountAnswer } from './account-answer.dto.js';
import type { AccountClientData } from './account-client-data.dto.js';

/** Returns the acting account with its abilities. */
@Injectable()
export class AccountService {
  constructor(
    private readonly instagram: InstagramClient,
    private readonly abilities: AbilitiesService,
  ) {}

  /** @throws {ServiceError} any of `InstagramSession.readAccount`. */
  async get({ account, deadline, note }: ProxyCall<AccountClientData>): Promise<AccountAnswer> {
    const { username = account.username, pictureUrl } = await this.instagram
      .as(account, deadline)
      .readAccount();
    note({ outcome: 'ok' });
    return {
      ok: true,
      ig_user_id: account.igUserId,
      username,
      picture: pictureUrl ?? null,
      log_in_ends_at: findLoginEnd(account),
      abilities: this.abilities.list(account),
    };
  }
}

/** When the token expires or Meta's data access ends, if earlier; ISO 8601. */
function findLoginEnd({ expiresAt, dataAccessExpiresAt }: Account): string | null {
  const ends = [expiresAt, dataAccessExpiresAt].filter((endsAt) => endsAt !== undefined);
  return ends.length === 0 ? null : isoTime(Math.min(...ends));
}
