import { toMilliseconds } from '../domain/formats.js';
import type { ErrorCode } from '../domain/error-codes.js';
import { COMMENT_SCOPE, LIKE_SCOPE, REQUIRED_SCOPES } from '../domain/capabilities.js';
import type { Dialect } from '../domain/account.js';
import type { TokenFacts } from '../instagram/token-facts.js';

export const ABILITIES = ['like', 'comment', 'hide', 'message'] as const;
export type AbilityName = (typeof ABILITIES)[number];

/** Why something does not work, each with something else to do about it. */
export type Obstacle =
  /** The token is no more. */
  | 'log_in_ended'
  /** Meta wants the person to confirm something before it takes the token again. */
  | 'checkpoint'
  /** Instagram Login, for which Meta has no likes and this service no comments. */
  | 'wrong_log_in'
  /** The token belongs to another Meta app than this service's. */
  | 'other_app'
  /** The person left a permission out, or Facebook did not ask for it. */
  | 'permission_missing'
  /** The permission was given, for other accounts. */
  | 'permission_elsewhere'
  /** The permission was given, and Meta refuses all the same: the app has no access of its own yet. */
  | 'app_access'
  /** Meta stopped giving the person's data; a login renews it. */
  | 'data_access_ended'
  /** Meta counts comments and returns none. */
  | 'comments_hidden'
  /** Messages go out through the Facebook Page, whose token is not there. */
  | 'page_missing';

export interface Ability {
  readonly name: AbilityName;
  /** Undefined where it works. */
  readonly obstacle: Obstacle | undefined;
  /** The permissions that the obstacle is about. */
  readonly scopes: readonly string[];
}

export interface ConnectionCheck {
  /** Whether Meta takes the token. */
  readonly isValid: boolean;
  /** Milliseconds since 1970; `never` where it has no end, undefined where Meta did not say. */
  readonly endsAt: number | 'never' | undefined;
  /** When Meta stops giving the person's data unless they log in again. */
  readonly dataAccessEndsAt: number | undefined;
  readonly granted: readonly string[];
  readonly missing: readonly string[];
  readonly abilities: readonly Ability[];
}

export interface CheckedConnection {
  readonly dialect: Dialect;
  readonly igUserId: string;
  readonly pageId: string | undefined;
  readonly hasPageToken: boolean;
  readonly facts: TokenFacts;
  /** This service's Meta app, where one is set. */
  readonly appId: string | undefined;
  /** How Meta answered when the account was read, and when it was liked with, where that was tried: undefined for well. */
  readonly refusals: {
    readonly read?: ErrorCode | undefined;
    readonly like?: ErrorCode | undefined;
  };
  /** The permissions that a login asks for. */
  readonly wantedScopes: readonly string[];
  /** Whether Meta counts comments under the newest posts and returns none. */
  readonly hidesComments: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const NEEDS: Readonly<Record<AbilityName, readonly string[]>> = {
  ...REQUIRED_SCOPES,
  hide: REQUIRED_SCOPES.comment,
};

/** What a connection is good for, from what Meta tells of its token. */
export function checkConnection(connection: CheckedConnection): ConnectionCheck {
  const { facts, now } = connection;
  const endsAt = facts.expiresAt === 0 ? 'never' : toMilliseconds(facts.expiresAt);
  return {
    isValid: isValid(facts, now),
    endsAt,
    dataAccessEndsAt: toMilliseconds(facts.dataAccessExpiresAt),
    granted: facts.scopes,
    missing: connection.wantedScopes.filter((scope) => !facts.scopes.includes(scope)),
    abilities: ABILITIES.map((name) => abilityOf(name, connection)),
  };
}

function abilityOf(name: AbilityName, connection: CheckedConnection): Ability {
  const { dialect, facts, appId, refusals, now } = connection;
  const blocked = (obstacle: Obstacle, scopes: readonly string[] = []): Ability => ({
    name,
    obstacle,
    scopes,
  });
  if (dialect === 'instagram_login') return blocked('wrong_log_in');
  if (!isValid(facts, now) || hasEnded(refusals.read)) return blocked('log_in_ended');
  if (isPast(facts.dataAccessExpiresAt, now)) return blocked('data_access_ended');
  if (refusals.read === 'auth_checkpoint') return blocked('checkpoint');
  if (appId !== undefined && facts.appId !== undefined && facts.appId !== appId) {
    return blocked('other_app');
  }
  const missing = NEEDS[name].filter((scope) => !facts.scopes.includes(scope));
  if (missing.length > 0) return blocked('permission_missing', missing);
  const elsewhere = NEEDS[name].filter((scope) => isElsewhere(scope, connection));
  if (elsewhere.length > 0) return blocked('permission_elsewhere', elsewhere);
  if (refusals.read === 'permission_missing') return blocked('app_access', ['instagram_basic']);
  if (name === 'like' && refusals.like === 'permission_missing') {
    return blocked('app_access', [LIKE_SCOPE]);
  }
  if (name === 'comment' && connection.hidesComments) {
    return blocked('comments_hidden', [COMMENT_SCOPE]);
  }
  if (name === 'message' && !connection.hasPageToken) return blocked('page_missing');
  return { name, obstacle: undefined, scopes: [] };
}

function isValid({ isValid: taken, expiresAt }: TokenFacts, now: number): boolean {
  return taken && !isPast(expiresAt, now);
}

/** Whether a time has passed; 0 is never. */
function isPast(seconds: number | undefined, now: number): boolean {
  return seconds !== undefined && seconds !== 0 && seconds * 1000 <= now;
}

/** Meta may still call a token valid that no call is answered with. */
function hasEnded(refusal: ErrorCode | undefined): boolean {
  return refusal === 'auth_expired' || refusal === 'auth_revoked';
}

/** Meta names the accounts or Pages that a permission counts for; where it names none, it counts for all. */
function isElsewhere(scope: string, { facts, igUserId, pageId }: CheckedConnection): boolean {
  const targets = facts.targetIdsByScope.get(scope);
  if (targets === undefined || targets.length === 0) return false;
  return !targets.includes(igUserId) && !(pageId !== undefined && targets.includes(pageId));
}
