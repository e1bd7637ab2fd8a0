import { Inject, Injectable } from '@nestjs/common';
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
      }),
    ];
  }
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
