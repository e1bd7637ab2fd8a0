import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { Account } from '../domain/account.js';
import { findRefusal, MESSAGE_SCOPE, type Refusal } from '../domain/capabilities.js';
import type { Ability, AbilityName } from './acting-account.dto.js';
import { CommentActions } from './comment/comment-actions.js';

/** Lists the abilities of an account. It does not ask Instagram. */
@Injectable()
export class AbilitiesService {
  constructor(
    private readonly actions: CommentActions,
    private readonly clock: Clock,
  ) {}

  list(account: Account): Ability[] {
    const now = this.clock.now();
    const noComment = findRefusal('comment', account, now);
    const noMessage = findRefusal('message', account, now) ?? findDoubtAboutMessages(account);
    return [
      toAbility('like', findRefusal('like', account, now)),
      toAbility('comment', noComment),
      toAbility('hide', this.actions.findRefusal('hide') ?? noComment),
      toAbility('delete', this.actions.findRefusal('delete') ?? noComment),
      toAbility('private_reply', this.actions.findRefusal('private_reply') ?? noMessage),
    ];
  }
}

/**
 * One of Meta's two pages on private replies requires `pages_messaging`. Without the permission
 * the ability is listed as not possible, but the route still tries.
 */
function findDoubtAboutMessages({ scopes }: Account): Refusal | undefined {
  if (scopes.has(MESSAGE_SCOPE)) return undefined;
  return {
    code: 'permission_missing',
    message: `Meta may refuse private replies: the account was connected without ${MESSAGE_SCOPE}.`,
    fix: `Ask an administrator to get ${MESSAGE_SCOPE} for the Meta app, then to reconnect.`,
    missing: MESSAGE_SCOPE,
  };
}

function toAbility(name: AbilityName, refusal: Refusal | undefined): Ability {
  if (refusal === undefined) return { name, possible: true };
  const { code, message, fix, missing } = refusal;
  const reason = { code, message, fix, ...(missing === undefined ? {} : { missing }) };
  return { name, possible: false, ...reason };
}
