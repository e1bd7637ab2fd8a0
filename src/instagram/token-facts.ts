import { isJsonObject, type JsonObject } from '../common/json-object.js';
import { EPOCH_SECONDS_MAX, SCOPE } from '../domain/formats.js';
import { toId } from './graph-objects.js';

/** A token as Meta describes it (Facebook Login, "Debugging access tokens"). */
export interface TokenFacts {
  readonly isValid: boolean;
  /** The Meta app that the token belongs to. */
  readonly appId: string | undefined;
  /** `USER`, `PAGE`, `SYSTEM_USER` and others. */
  readonly type: string;
  /** The person's app-scoped id. */
  readonly userId: string | undefined;
  /** The Page of a Page token. */
  readonly profileId: string | undefined;
  readonly scopes: readonly string[];
  /** The accounts or Pages that a permission is limited to, for permissions with a limit. */
  readonly targetIdsByScope: ReadonlyMap<string, readonly string[]>;
  /** Seconds since 1970; 0 for a token without an end, undefined if Meta did not report it. */
  readonly expiresAt: number | undefined;
  /** When access to the person's data ends, as `expiresAt`. */
  readonly dataAccessExpiresAt: number | undefined;
}

export function toTokenFacts(data: JsonObject): TokenFacts {
  const granular: unknown[] = Array.isArray(data.granular_scopes) ? data.granular_scopes : [];
  return {
    isValid: data.is_valid === true,
    appId: toId(data.app_id),
    type: typeof data.type === 'string' ? data.type : 'USER',
    userId: toId(data.user_id),
    profileId: toId(data.profile_id),
    scopes: readScopes(data.scopes),
    targetIdsByScope: new Map(
      granular
        .filter(isJsonObject)
        .filter(({ scope, target_ids: ids }) => typeof scope === 'string' && Array.isArray(ids))
        .map(({ scope, target_ids: ids }) => [scope as string, (ids as unknown[]).map(toTargetId)]),
    ),
    expiresAt: readSeconds(data.expires_at),
    dataAccessExpiresAt: readSeconds(data.data_access_expires_at),
  };
}

function readScopes(value: unknown): string[] {
  const scopes: unknown[] = Array.isArray(value) ? value : [];
  return scopes.filter((scope) => typeof scope === 'string' && SCOPE.test(scope)) as string[];
}

/**
 * Normalizes an id. An invalid id becomes empty and matches no account. It must not be dropped,
 * because a permission without ids counts for all accounts.
 */
function toTargetId(id: unknown): string {
  return toId(Number.isSafeInteger(id) ? String(id) : id) ?? '';
}

/** Limits the time to the latest one that an account can store. */
function readSeconds(value: unknown): number | undefined {
  if (typeof value !== 'number' || !(value >= 0)) return undefined;
  return Math.min(Math.floor(value), EPOCH_SECONDS_MAX);
}
