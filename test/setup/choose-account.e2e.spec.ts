import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR, OUTLET } from '../../sandbox/instagram/omniwear.js';
import { expectNothingPosted, PAGE, TOKEN_FACTS, useSetup } from '../support/setup-fixture.js';

describe('the accounts of a token', () => {
  const setup = useSetup();

  it('lets the admin choose one of several accounts, and no other', async () => {
    const choice = await setup.login(await setup.open(), 'theo');
    expect(choice.title).toBe('Choose an account');
    const foreign = await setup.step('account', choice, { ig_user_id: '17841400000000002' });
    expect(foreign.text).toContain('does not belong to your login');
    expectNothingPosted(foreign);
    const page = await setup.step('account', choice, { ig_user_id: OUTLET.igUserId });
    expect(page.title).toBe('Instagram account @omniwear.outlet');
    expect(await setup.save(page)).not.toBe('');
  });

  it('connects an account with an invalid name, found through two Pages, once', async () => {
    const odd = { id: OMNIWEAR.igUserId, username: '"><b>' };
    const page = { ...PAGE, access_token: 'a b', instagram_business_account: odd };
    setup.answerNext('/accounts', { data: [page, { ...page, id: '2' }] });
    const scopes = ['instagram_basic', 'NOT ONE', 7];
    setup.answerNext('/debug_token', { data: { ...TOKEN_FACTS, scopes } });
    const account = await setup.useToken();
    expect(account.title).toBe(`Instagram account @${OMNIWEAR.igUserId}`);
    expect(account.html).not.toContain('NOT ONE');
    expect(account.obstacles).toMatchObject({ like: 'permission_missing' });
    const opened = await setup.openFields(await setup.save(account));
    expect(opened).not.toHaveProperty('page_token');
    expect(opened.scopes).toEqual(['instagram_basic']);
  });

  it('finds the account of a Page that only granular_scopes name', async () => {
    setup.instagram.world.portfolioPages.add(OMNIWEAR.pageId);
    const page = await setup.useToken();
    expect(page.title).toBe('Instagram account @omniwear');
    expect(await setup.openFields(await setup.save(page))).toMatchObject({
      page_id: OMNIWEAR.pageId,
      page_token: expect.any(String),
    });
    setup.instagram.world.portfolioPages.clear();
  });

  it('ignores a named Page that Meta refuses', async () => {
    const target_ids = ['104000000000001', OMNIWEAR.pageId, '104000000000002'];
    const granular_scopes = [{ scope: 'pages_show_list', target_ids }];
    setup.answerNext('/debug_token', { data: { ...TOKEN_FACTS, granular_scopes } });
    setup.answerNext('/accounts', { data: [] });
    const page = await setup.useToken();
    expect(page.title).toBe('Instagram account @omniwear');
  });

  it('reports that there are more Pages than the service reads', async () => {
    const data = Array.from({ length: 100 }, (_, index) => ({ id: String(index + 1) }));
    for (let page = 0; page < 6; page += 1) {
      const paging = { next: 'https://x', cursors: { after: `c${String(page)}` } };
      setup.answerNext('/accounts', { data, paging });
    }
    setup.answerNext('/debug_token', { data: { ...TOKEN_FACTS, granular_scopes: [] } });
    const page = await setup.useToken();
    expect(page.text).toContain('more than 500 Facebook Pages');
  });

  it('stops at a list of Pages whose cursor leads to itself', async () => {
    const paging = { next: 'https://x', cursors: { after: 'same' } };
    for (let page = 0; page < 3; page += 1) setup.answerNext('/accounts', { data: [PAGE], paging });
    await setup.useToken();
    const lists = setup.instagram.seen.filter(({ path }) => path.endsWith('/accounts'));
    expect(lists).toHaveLength(2);
  });
});
