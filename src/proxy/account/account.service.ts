import { Injectable } from '@nestjs/common';
import { InstagramClient } from '../../instagram/instagram-client.js';
import { Abilities } from '../abilities.js';
import type { ProxyCall } from '../proxy-call.js';
import type { AccountAnswer } from './account-answer.dto.js';
import type { AccountClientData } from './account-client-data.dto.js';

/** Tells who acts, and what it may do. */
@Injectable()
export class AccountService {
  constructor(
    private readonly instagram: InstagramClient,
    private readonly abilities: Abilities,
  ) {}

  /** @throws {ServiceError} any of `InstagramClient.readAccount`. */
  async get({ account, deadline, note }: ProxyCall<AccountClientData>): Promise<AccountAnswer> {
    const { username = account.username, pictureUrl } = await this.instagram
      .as(account, deadline)
      .readAccount();
    note({ outcome: 'ok' });
    const ends = [account.expiresAt, account.dataAccessExpiresAt].filter(
      (endsAt) => endsAt !== undefined,
    );
    return {
      ok: true,
      ig_user_id: account.igUserId,
      username,
      picture: pictureUrl ?? null,
      log_in_ends_at: ends.length === 0 ? null : new Date(Math.min(...ends)).toISOString(),
      abilities: this.abilities.of(account),
    };
  }
}
