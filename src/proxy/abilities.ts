import { Inject, Injectable } from '@nestjs/common';
import { ServiceError } from '../common/errors/service-error.js';
import type { Account } from '../credentials/account.js';
import { InstagramClient } from '../instagram/instagram-client.js';
import { CommentActions } from './comment/comment-actions.js';
import type { Ability, AbilityName } from './acting-account.dto.js';

/** Tells what an account may do, as far as that is known without asking Instagram. */
@Injectable()
export class Abilities {
  constructor(
    @Inject(InstagramClient) private readonly instagram: InstagramClient,
    @Inject(CommentActions) private readonly actions: CommentActions,
  ) {}

  of(account: Account): Ability[] {
    const canComment = (): void => {
      this.instagram.assertCanComment(account);
    };
    return [
      ability('like', () => {
        this.instagram.assertCanLike(account);
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
    if (!(error instanceof ServiceError)) throw error;
    const { code, message, fix } = error;
    return { name, possible: false, code, message, ...(fix === undefined ? {} : { fix }) };
  }
}
