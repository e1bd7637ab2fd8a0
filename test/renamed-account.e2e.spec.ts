import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { type Answer, form, useService } from './support/service.js';

const STRANGER = '90000000000000001';
/** The id by which Instagram names the account as an author, which is not the account's own. */
const SCOPED = '90000000000000002';
const NEW_NAME = 'omniwear.official';
const HOUR_SECONDS = 3600;

interface Author {
  external_id: string;
  name: string;
}

describe('an account that was renamed on Instagram', () => {
  const { instagram, service } = useService({}, { per: 'test' });

  const user = (id: string, username: string): void => {
    instagram.world.users.set(id, { id, username, name: username, isPrivate: false });
  };
  const rename = (): void => {
    const account = instagram.world.users.get(OMNIWEAR.igUserId);
    if (account === undefined) throw new Error('the sandbox has the account');
    account.username = NEW_NAME;
    user(SCOPED, NEW_NAME);
    user(STRANGER, OMNIWEAR.username);
  };
  const write = (authorId: string, text: string): string =>
    instagram.world.addComment({ mediaId: OMNIWEAR.photoId, authorId, text }).id;

  const authors = async (): Promise<Map<string, Author>> => {
    const { json } = await service.post('/pull', form({ metadata: service.metadata, state: '' }));
    const resources = json.external_resources as { external_id: string; author: Author }[];
    return new Map(
      resources.map(({ external_id: id, author }) => [id.split(':').at(-1), author]) as [
        string,
        Author,
      ][],
    );
  };

  it('is not confused with a stranger who took the old name', async () => {
    rename();
    const [stranger, own] = [write(STRANGER, 'Where is it?'), write(SCOPED, 'On its way')];
    const by = await authors();
    expect(by.get(stranger)).toMatchObject({ external_id: STRANGER, name: OMNIWEAR.username });
    expect(by.get(own)).toMatchObject({ external_id: OMNIWEAR.igUserId, name: NEW_NAME });
    const { json } = await service.proxy('/media', { media_id: OMNIWEAR.photoId });
    expect(json).toMatchObject({
      account: { username: NEW_NAME },
      comments: expect.arrayContaining([
        expect.objectContaining({ comment_id: stranger, is_own: false }),
        expect.objectContaining({ comment_id: own, is_own: true }),
      ]),
    });
  });

  it('can hide a comment of a stranger with the old name, but not its own', async () => {
    rename();
    const hide = (comment_id: string): Promise<Answer> =>
      service.proxy('/comment/hide', { comment_id, hidden: true });
    expect((await hide(write(STRANGER, 'Spam'))).json).toMatchObject({ ok: true, hidden: true });
    expect((await hide(write(SCOPED, 'Ours'))).json).toMatchObject({
      error: { code: 'target_unavailable' },
    });
  });

  it('has its new name within an hour of the change', async () => {
    const before = write(SCOPED, 'Before');
    user(SCOPED, OMNIWEAR.username);
    expect((await authors()).get(before)).toMatchObject({ external_id: OMNIWEAR.igUserId });
    rename();
    service.clock.advance(HOUR_SECONDS + 1);
    const after = write(SCOPED, 'After');
    expect((await authors()).get(after)).toEqual(
      expect.objectContaining({ external_id: OMNIWEAR.igUserId, name: NEW_NAME }),
    );
  });

  it('keeps the last reported name when the account cannot be read', async () => {
    rename();
    await authors();
    service.clock.advance(HOUR_SECONDS + 1);
    instagram.failNext('graph_error', { code: 2, path: `/${OMNIWEAR.igUserId}` });
    const stranger = write(STRANGER, 'Still nothing');
    expect((await authors()).get(stranger)).toMatchObject({ external_id: STRANGER });
  });

  it('does not repeat a reply whose answer was lost', async () => {
    rename();
    const reply = (): Promise<Answer> =>
      service.post(
        '/channelback',
        form({
          metadata: service.metadata,
          message: 'On its way!',
          parent_id: `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`,
          request_unique_identifier: 'lost',
        }),
      );
    instagram.failNext('cut_after', { method: 'POST' });
    expect((await reply()).status).toBe(503);
    const posted = instagram.world.commentsOn({ parentId: OMNIWEAR.commentId })[0];
    if (posted === undefined) throw new Error('the reply was posted');
    posted.authorId = SCOPED;
    service.clock.advance(40);
    expect((await reply()).json).toMatchObject({
      external_id: `comment:${OMNIWEAR.photoId}:${posted.id}`,
    });
    expect(instagram.world.commentsOn({ parentId: OMNIWEAR.commentId })).toHaveLength(2);
  });
});
