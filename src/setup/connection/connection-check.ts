import { toMilliseconds } from '../../domain/formats.js';
import type { ErrorCode } from '../../domain/error-codes.js';
import { COMMENT_SCOPE, LIKE_SCOPE, REQUIRED_SCOPES } from '../../domain/capabilities.js';
import type { Dialect } from '../../domain/account.js';
import type { TokenFacts } from '../../instagram/token-facts.js';

export const ABILITIES = ['like', 'comment', 'hide', 'message'] as const;
export type AbilityName = (typeof ABILITIES)[number];

/** Why an ability does not work. Each has its own remedy. */
export type Obstacle =
  /** The token has expired or was revoked. */
  | 'log_in_ended'
  /** Meta wants the person to confirm something before it accepts the token again. */
  | 'checkpoint'
  /** Instagram Login: Meta offers no likes with it, and this service no comments. */
  | 'wrong_log_in'
  /** The token belongs to another Meta app. */
  | 'other_app'
  /** The person did not grant a permission, or Facebook did not ask for it. */
  | 'permission_missing'
  /** The permission was granted for other accounts. */
  | 'permission_elsewhere'
  /** The permission was granted, but Meta refuses it to the app, which still needs access. */
  | 'app_access'
  /** Meta no longer returns the person's data; a login renews the access. */
  | 'data_access_ended'
  /** Meta counts comments and returns none. */
  | 'comments_hidden'
  /** The token of the Facebook Page, which sends the messages, is missing. */
  | 'page_missing';

export interface Ability {
  readonly name: AbilityName;
  /** Undefined if it works. */
  readonly obstacle: Obstacle | undefined;
  /** The permissions that the obstacle concerns. */
  readonly scopes: readonly string[];
}

export interface ConnectionCheck {
  /** Whether Meta accepts the token. */
  readonly isValid: boolean;
  /** Milliseconds since 1970; undefined if Meta did not report it. */
  readonly endsAt: number | 'never' | undefined;
  /** When Meta stops returning the person's data unless they log in again. */
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
  /** This service's Meta app; undefined if none is configured. */
  readonly appId: string | undefined;
  /** The errors of reading the account and of a like; undefined for success or no attempt. */
  readonly refusals: {
    readonly read?: ErrorCode | undefined;
    readonly like?: ErrorCode | undefined;
  };
  /** The permissions that a login asks for. */
  readonly wantedScopes: readonly string[];
  /** Whether Meta counts comments under the newest posts but returns none. */
  readonly hidesComments: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const NEEDS: Readonly<Record<AbilityName, readonly string[]>> = {
  ...REQUIRED_SCOPES,
  hide: REQUIRED_SCOPES.comment,
};

/** Derives a connection's abilities from Meta's description of its token. */
export function checkConnection(connection: CheckedConnection): ConnectionCheck {
  const { facts, now } = connection;
  const endsAt = facts.expiresAt === 0 ? 'never' : toMilliseconds(facts.expiresAt);
  return {
    isValid: isValid(facts, now),
    endsAt,
    dataAccessEndsAt: toMilliseconds(facts.dataAccessExpiresAt),
    granted: facts.scopes,
    missing: connection.wantedScopes.filter((scope) => !facts.scopes.includes(scope)),
    abilities: ABILITIES.map((name) => checkAbility(name, connection)),
  };
}

function checkAbility(name: AbilityName, connection: CheckedConnection): Ability {
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

function isValid({ isValid: isAccepted, expiresAt }: TokenFacts, now: number): boolean {
  return isAccepted && !isPast(expiresAt, now);
}

/** Whether a time has passed; 0 means never. */
function isPast(seconds: number | undefined, now: number): boolean {
  return seconds !== undefined && seconds !== 0 && seconds * 1000 <= now;
}

/** Meta may report a token as valid and still reject all calls with it. */
function hasEnded(refusal: ErrorCode | undefined): boolean {
  return refusal === 'auth_expired' || refusal === 'auth_revoked';
}

/**
 * Whether a permission covers only other accounts. Meta names the accounts or Pages that it
 * covers, or none if it covers all.
 */
function isElsewhere(scope: string, { facts, igUserId, pageId }: CheckedConnection): boolean {
  const targets = facts.targetIdsByScope.get(scope);
  if (targets === undefined || targets.length === 0) return false;
  return !targets.includes(igUserId) && !(pageId !== undefined && targets.includes(pageId));
}
