import { Inject, Injectable } from '@nestjs/common';
import type { Account } from '../../credentials/account.js';
import { InstagramClient } from '../../instagram/instagram-client.js';
import { InstagramError } from '../../instagram/instagram-error.js';
import type { ProxyCall } from '../proxy-call.js';
import type { Ability, AbilityName, AccountAnswer } from './account-answer.dto.js';
import type { AccountClientData } from './account-client-data.dto.js';

/** Tells who acts, and what it may do. */
@Injectable()
export class AccountService {
  constructor(@Inject(InstagramClient) private readonly instagram: InstagramClient) {}

  /** @throws {ServiceError} any of `InstagramClient.readAccount`. */
  async get({ account, deadline, note }: ProxyCall<AccountClientData>): Promise<AccountAnswer> {
    const { username = account.username, pictureUrl } = await this.instagram.readAccount(
      account,
      deadline,
    );
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
      abilities: this.abilities(account),
    };
  }

  private abilities(account: Account): Ability[] {
    const ability = (name: AbilityName, assertCan: () => void): Ability => {
      try {
        assertCan();
        return { name, possible: true };
      } catch (error) {
        if (!(error instanceof InstagramError)) throw error;
        const { code, message, fix } = error;
        return { name, possible: false, code, message, ...(fix === undefined ? {} : { fix }) };
      }
    };
    const canComment = (): void => {
      this.instagram.assertCanComment(account);
    };
    return [
      ability('like', () => {
        this.instagram.assertCanLike(account);
      }),
      ability('comment', canComment),
      ability('hide', canComment),
      ability('delete', canComment),
      ability('private_reply', () => {
        this.instagram.assertCanMessage(account);
      }),
    ];
  }
}
