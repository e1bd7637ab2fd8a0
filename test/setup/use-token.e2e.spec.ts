import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { expectNothingPosted, PAGE, TOKEN_FACTS, useSetup } from '../support/setup-fixture.js';

describe('pasting a token', () => {
  const setup = useSetup();
  const inSeconds = (seconds: number): number =>
    Math.floor(setup.service.clock.now() / 1000) + seconds;

  it('works as a login does', async () => {
    const page = await setup.useToken(` ${OMNIWEAR.token} `);
    expect(page.title).toBe('Instagram account @omniwear');
    expect(await setup.save(page)).not.toBe('');
    expect(page.html).not.toContain(OMNIWEAR.token);
  });

  it('accepts the token of a Page', async () => {
    const page = await setup.useToken(OMNIWEAR.pageToken);
    expect(page.title).toBe('Instagram account @omniwear');
    expect(page.obstacles).toMatchObject({ like: 'permission_missing', comment: '' });
  });

  it('limits the tokens of one address', async () => {
    const page = await setup.open();
    for (let times = 0; times < 30; times += 1) await setup.step('token', page, { token: 'x' });
    const calls = setup.instagram.seen.length;
    const refused = await setup.step('token', page, { token: OMNIWEAR.token });
    expect(refused.text).toContain('Too many tokens');
    expect(setup.instagram.seen).toHaveLength(calls);
  });

  it.each([
    ['milliseconds', 1_900_000_000_000],
    ['a time too far away', 1e13],
    ['a time beyond every number', 1e300],
    ['a text', '1900000000'],
  ])('saves an account although the token’s end is %s', async (_, expires_at) => {
    setup.answerNext('/debug_token', { data: { ...TOKEN_FACTS, expires_at } });
    const metadata = await setup.save(await setup.useToken());
    const { json } = await setup.service.proxy('/account', {}, metadata);
    expect(json).toMatchObject({ ok: true });
  });

  it('treats permissions for invalid account ids as permissions for other accounts', async () => {
    for (const id of [1, Number(OMNIWEAR.igUserId), {}, null]) {
      const granular_scopes = [{ scope: 'instagram_manage_engagement', target_ids: [id] }];
      setup.answerNext('/debug_token', { data: { ...TOKEN_FACTS, granular_scopes } });
      const page = await setup.useToken();
      expect(page.obstacles).toMatchObject({ like: 'permission_elsewhere' });
    }
  });

  it('reports a token that is longer than Zendesk can store', async () => {
    const long = (): string => randomBytes(2240).toString('base64url').slice(0, 2990);
    const token = long();
    const known = setup.instagram.world.tokens.get(OMNIWEAR.token);
    if (known !== undefined) setup.instagram.world.tokens.set(token, known);
    setup.answerNext('/accounts', { data: [{ ...PAGE, access_token: long() }] });
    const refused = await setup.finish(await setup.useToken(token));
    expect([refused.status, refused.text]).toEqual([
      200,
      expect.stringContaining('longer than Zendesk can store'),
    ]);
    expectNothingPosted(refused);
  });

  it('reports a token of another app before any other problem', async () => {
    const data = { ...TOKEN_FACTS, app_id: '999', is_valid: false };
    setup.answerNext('/debug_token', { data });
    const page = await setup.useToken();
    expect(page.text).toContain('belongs to another Meta app');
    expectNothingPosted(page);
  });

  it('reports a token of another app although Meta shows its facts only to the token', async () => {
    const message = '(#100) The App_id in the input_token did not match';
    setup.answerNext('/debug_token', { error: { code: 100, message } }, 400);
    setup.answerNext('/debug_token', { data: { ...TOKEN_FACTS, app_id: '9' } });
    const page = await setup.useToken();
    expect(page.text).toContain('belongs to another Meta app');
  });

  it('saves a token of an hour that cannot be exchanged, with a warning', async () => {
    const data = { ...TOKEN_FACTS, app_id: undefined, expires_at: inSeconds(3600) };
    setup.answerNext('/debug_token', { data });
    const page = await setup.useToken();
    expect(page.text).toContain('expires within a week');
    expect(await setup.save(page)).not.toBe('');
  });

  it('exchanges a token that ends soon for a longer one', async () => {
    setup.instagram.world.tokens.set('short-lived', {
      ...(setup.instagram.world.tokens.get(OMNIWEAR.token) as never as object),
      expiresAt: Math.floor(Date.now() / 1000) + 3600,
    } as never);
    const metadata = await setup.save(await setup.useToken('short-lived'));
    const { json } = await setup.service.proxy('/account', {}, metadata);
    expect(Date.parse(String(json.log_in_ends_at)) - Date.now()).toBeGreaterThan(50 * 86_400_000);
  });

  it('reports that the data access has ended', async () => {
    const data = { ...TOKEN_FACTS, data_access_expires_at: inSeconds(-60) };
    setup.answerNext('/debug_token', { data });
    const page = await setup.useToken();
    expect(page.text).toContain('data access of this login has ended');
    expect(page.obstacles).toMatchObject({ like: 'data_access_ended' });
  });

  it('shows an unreported end as unknown', async () => {
    setup.answerNext('/debug_token', { data: TOKEN_FACTS });
    const unknown = await setup.useToken();
    expect(unknown.text.match(/Unknown/g)).toHaveLength(2);
    setup.answerNext('/debug_token', { data: { ...TOKEN_FACTS, expires_at: 0 } });
    const never = await setup.useToken();
    expect(never.text).toContain('No expiry date');
  });

  it('reports comments that Meta counts but does not return', async () => {
    setup.answerNext('/comments', { data: [] });
    const page = await setup.useToken();
    expect(page.obstacles).toMatchObject({ comment: 'comments_hidden', like: '' });
    expect(page.text).toContain('Advanced Access for instagram_manage_comments');
  });

  it.each([
    ['', 'not a valid token'],
    ['two words', 'not a valid token'],
    [OMNIWEAR.instagramLoginToken, 'Meta does not accept this token'],
    ['EAAnobodys', 'Meta does not accept this token'],
  ])('rejects %j with a reason', async (token, reason) => {
    const page = await setup.useToken(token);
    expect(page.text).toContain(reason);
    if (token !== '') expect(page.html).not.toContain(token);
    expectNothingPosted(page);
  });
});
