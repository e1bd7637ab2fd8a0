import { Inject, Injectable } from '@nestjs/common';
import { MESSAGE_SCOPE } from '../common/like-target.js';
import type { Account } from '../credentials/account.js';
import { InstagramClient } from '../instagram/instagram-client.js';
import { InstagramError } from '../instagram/instagram-error.js';
import type { Ability, AbilityName } from './acting-account.dto.js';

/** Tells what an account may do, as far as that is known without asking Instagram. */
@Injectable()
export class Abilities {
  constructor(@Inject(InstagramClient) private readonly instagram: InstagramClient) {}

  of(account: Account): Ability[] {
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
  throw new InstagramError(
    'permission_missing',
    `Meta may refuse private replies: the account was connected without ${MESSAGE_SCOPE}.`,
    {
      effect: 'none',
      fix: `Ask an administrator to get ${MESSAGE_SCOPE} for the Meta app, then to reconnect.`,
    },
  );
}

function ability(name: AbilityName, assertCan: () => void): Ability {
  try {
    assertCan();
    return { name, possible: true };
  } catch (error) {
    if (!(error instanceof InstagramError)) throw error;
    const { code, message, fix } = error;
    return { name, possible: false, code, message, ...(fix === undefined ? {} : { fix }) };
  }
}
