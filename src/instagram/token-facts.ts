import { isJsonObject } from '../common/json-object.js';
import { EPOCH_SECONDS_MAX, SCOPE } from '../domain/formats.js';
import { toId } from './graph-objects.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** A token as Meta describes it (Facebook Login, "Debugging access tokens"). */
export interface TokenFacts {
  readonly isValid: boolean;
  /** The Meta app that the token belongs to. */
  readonly appId: string | undefined;
  /** `USER`, `PAGE`, `SYSTEM_USER` and others. */
  readonly type: string;
  /** The person behind it, by an id that only this app sees. */
  readonly userId: string | undefined;
  /** The Page that a Page's token is of. */
  readonly profileId: string | undefined;
  readonly scopes: readonly string[];
  /** Where a permission counts for some accounts or Pages alone: their ids. */
  readonly targetsOf: ReadonlyMap<string, readonly string[]>;
  /** Seconds since 1970; 0 where it has no end, undefined where Meta did not say. */
  readonly expiresAt: number | undefined;
  /** As `expiresAt`, of the person's data. */
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
    scopes: scopesOf(data.scopes),
    targetsOf: new Map(
      granular
        .filter(isJsonObject)
        .filter(({ scope, target_ids: ids }) => typeof scope === 'string' && Array.isArray(ids))
        .map(({ scope, target_ids: ids }) => [scope as string, (ids as unknown[]).map(toTarget)]),
    ),
    expiresAt: seconds(data.expires_at),
    dataAccessExpiresAt: seconds(data.data_access_expires_at),
  };
}

function scopesOf(value: unknown): string[] {
  const scopes: unknown[] = Array.isArray(value) ? value : [];
  return scopes.filter((scope) => typeof scope === 'string' && SCOPE.test(scope)) as string[];
}

/**
 * An id in the form of other ids. An invalid one becomes blank, and matches no account: left out,
 * it would let the permission count for all.
 */
function toTarget(id: unknown): string {
  return toId(Number.isSafeInteger(id) ? String(id) : id) ?? '';
}

/** A later time than an account can hold becomes the latest one. */
function seconds(value: unknown): number | undefined {
  if (typeof value !== 'number' || !(value >= 0)) return undefined;
  return Math.min(Math.floor(value), EPOCH_SECONDS_MAX);
}
