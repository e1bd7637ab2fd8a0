import { describe, expect, it } from '@jest/globals';
import { MESSAGE_SCOPE } from '../../domain/capabilities.js';
import { WANTED_SCOPES } from '../../instagram/meta-login.js';
import type { TokenFacts } from '../../instagram/token-facts.js';
import { type AbilityName, checkConnection, type CheckedConnection } from './connection-check.js';

const NOW = Date.UTC(2026, 10, 25);
const SECONDS = NOW / 1000;
const IG = '17841405309211844';
const PAGE = '104726215849013';

const SCOPES = [...WANTED_SCOPES, MESSAGE_SCOPE];

const FACTS: TokenFacts = {
  isValid: true,
  appId: '250430911223344',
  type: 'USER',
  userId: '122093311482000001',
  profileId: undefined,
  scopes: SCOPES,
  targetIdsByScope: new Map(),
  expiresAt: SECONDS + 86_400,
  dataAccessExpiresAt: SECONDS + 2 * 86_400,
};

function check(
  facts: Partial<TokenFacts> = {},
  connection: Partial<CheckedConnection> = {},
): ReturnType<typeof checkConnection> {
  return checkConnection({
    dialect: 'facebook_login',
    igUserId: IG,
    pageId: PAGE,
    hasPageToken: true,
    facts: { ...FACTS, ...facts },
    appId: '250430911223344',
    wantedScopes: SCOPES,
    hidesComments: false,
    refusals: {},
    now: NOW,
    ...connection,
  });
}

/** The abilities that do not work, with their obstacles. */
function obstacles(
  ...args: Parameters<typeof check>
): Partial<Record<AbilityName, string | undefined>> {
  return Object.fromEntries(
    check(...args)
      .abilities.filter(({ obstacle }) => obstacle !== undefined)
      .map(({ name, obstacle }) => [name, obstacle]),
  );
}

const without = (scope: string): Partial<TokenFacts> => ({
  scopes: SCOPES.filter((each) => each !== scope),
});
const all = (obstacle: string): object => ({
  like: obstacle,
  comment: obstacle,
  hide: obstacle,
  message: obstacle,
});

describe('checkConnection', () => {
  it('finds no obstacle in a complete connection', () => {
    expect(obstacles()).toEqual({});
    expect(check()).toMatchObject({
      isValid: true,
      endsAt: NOW + 86_400_000,
      dataAccessEndsAt: NOW + 2 * 86_400_000,
      granted: SCOPES,
      missing: [],
    });
  });

  it('distinguishes a token without an end from an expired one', () => {
    expect(check({ expiresAt: 0 })).toMatchObject({ isValid: true, endsAt: 'never' });
    expect(check({ expiresAt: SECONDS })).toMatchObject({ isValid: false, endsAt: NOW });
    expect(obstacles({ expiresAt: SECONDS })).toEqual(all('log_in_ended'));
    expect(obstacles({ isValid: false })).toEqual(all('log_in_ended'));
  });

  it('names a missing permission only for the abilities that need it', () => {
    const scope = 'instagram_manage_engagement';
    expect(obstacles(without(scope))).toEqual({ like: 'permission_missing' });
    const { missing, abilities } = check(without(scope));
    expect(missing).toEqual([scope]);
    expect(abilities[0]).toEqual({ name: 'like', obstacle: 'permission_missing', scopes: [scope] });
    expect(obstacles(without('instagram_manage_comments'))).toEqual({
      comment: 'permission_missing',
      hide: 'permission_missing',
      message: 'permission_missing',
    });
    expect(obstacles({ scopes: [] })).toEqual(all('permission_missing'));
  });

  it('recognises a permission that covers only other accounts', () => {
    const targets = (ids: string[]): Partial<TokenFacts> => ({
      targetIdsByScope: new Map([['instagram_manage_engagement', ids]]),
    });
    expect(obstacles(targets(['17841400000000002']))).toEqual({ like: 'permission_elsewhere' });
    // Meta names accounts or Pages, or none if the permission covers all.
    for (const ids of [[IG, '1'], [PAGE], []]) expect(obstacles(targets(ids))).toEqual({});
  });

  it('distinguishes an app without access from a missing permission', () => {
    expect(obstacles({}, { refusals: { like: 'permission_missing' } })).toEqual({
      like: 'app_access',
    });
    expect(obstacles({}, { refusals: { read: 'permission_missing' } })).toEqual(all('app_access'));
    expect(
      obstacles(without('instagram_manage_engagement'), {
        refusals: { like: 'permission_missing' },
      }),
    ).toEqual({ like: 'permission_missing' });
    for (const read of ['auth_expired', 'auth_revoked'] as const) {
      expect(obstacles({}, { refusals: { read } })).toEqual(all('log_in_ended'));
    }
    expect(obstacles({}, { refusals: { read: 'auth_checkpoint' } })).toEqual(all('checkpoint'));
    // A transient error says nothing about the abilities.
    expect(obstacles({}, { refusals: { read: 'platform_unavailable' } })).toEqual({});
  });

  it('recognises a token of another app and of Instagram Login', () => {
    expect(obstacles({ appId: '1' })).toEqual(all('other_app'));
    expect(obstacles({ appId: '1' }, { appId: undefined })).toEqual({});
    expect(obstacles({}, { dialect: 'instagram_login' })).toEqual(all('wrong_log_in'));
  });

  it('reports that messages need the Page', () => {
    expect(obstacles({}, { hasPageToken: false })).toEqual({ message: 'page_missing' });
  });

  it('does not promise private replies without `pages_messaging`', () => {
    expect(obstacles(without(MESSAGE_SCOPE))).toEqual({ message: 'permission_missing' });
    expect(check(without(MESSAGE_SCOPE)).missing).toEqual([MESSAGE_SCOPE]);
  });

  it('reports comments that Meta counts but does not return', () => {
    expect(obstacles({}, { hidesComments: true })).toEqual({ comment: 'comments_hidden' });
  });

  it('reports data access that ended before the token did', () => {
    expect(obstacles({ dataAccessExpiresAt: SECONDS })).toEqual(all('data_access_ended'));
    expect(obstacles({ dataAccessExpiresAt: 0 })).toEqual({});
    expect(obstacles({ dataAccessExpiresAt: undefined })).toEqual({});
  });

  it('distinguishes a token without an end from one with an unreported end', () => {
    expect(check({ expiresAt: 0 }).endsAt).toBe('never');
    expect(check({ expiresAt: undefined }).endsAt).toBeUndefined();
  });
});
