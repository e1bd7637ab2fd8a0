import { Injectable } from '@nestjs/common';
import { MESSAGE_SCOPE } from '../domain/capabilities.js';
import { ServiceError } from '../common/errors/service-error.js';
import type { Account } from '../domain/account.js';
import { InstagramClient } from '../instagram/instagram-client.js';
import { CommentActions } from './comment/comment-actions.js';
import type { Ability, AbilityName } from './acting-account.dto.js';

/** Tells what an account may do, as far as that is known without asking Instagram. */
@Injectable()
export class Abilities {
  constructor(
    private readonly instagram: InstagramClient,
    private readonly actions: CommentActions,
  ) {}

  of(account: Account): Ability[] {
    const canComment = (): void => {
      this.instagram.assertCan('comment', account);
    };
    return [
      ability('like', () => {
        this.instagram.assertCan('like', account);
      }),
      ability('comment', canComment),
      ability('hide', () => {
        this.actions.assertAllowed('hide');
        canComment();
      }),
      ability('delete', () => {
        this.actions.assertAllowed('delete');
        canComment();
      }),
      ability('private_reply', () => {
        this.actions.assertAllowed('private_reply');
        this.instagram.assertCan('message', account);
        assertMessagesArePromised(account);
      }),
    ];
  }
}

/**
 * Of Meta's two pages on private replies, one asks for `pages_messaging` and the other does not.
 * The route tries it all the same; without the permission, nothing is promised.
 */
function assertMessagesArePromised({ scopes }: Account): void {
  if (scopes.has(MESSAGE_SCOPE)) return;
  throw new ServiceError(
    'permission_missing',
    `Meta may refuse private replies: the account was connected without ${MESSAGE_SCOPE}.`,
    {
      fix: `Ask an administrator to get ${MESSAGE_SCOPE} for the Meta app, then to reconnect.`,
    },
  );
}

function ability(name: AbilityName, assertCan: () => void): Ability {
  try {
    assertCan();
    return { name, possible: true };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { code, message, fix } = error;
    return { name, possible: false, code, message, ...(fix === undefined ? {} : { fix }) };
  }
}
