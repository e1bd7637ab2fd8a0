import { describe, expect, it } from '@jest/globals';
import { faultsOfPull } from '../../sandbox/zendesk/rules.js';
import { type Comment, type Media, toComment, toMedia } from '../instagram/graph-objects.js';
import { ResourceMapper } from './resources.js';

const TIME = '2026-11-25T10:00:00+0000';
const ACCOUNT = {
  igUserId: '17841405309211844',
  username: 'omniwear',
  threads: 'comment',
} as const;
const UNREPORTED = { username: undefined, pictureUrl: undefined };
const mapper = new ResourceMapper(ACCOUNT, 'manifest', UNREPORTED);

const media = (fields: object = {}): Media => {
  const made = toMedia({ id: '5', media_type: 'IMAGE', timestamp: TIME, ...fields });
  if (made === undefined) throw new Error('no media');
  return made;
};
const comment = (fields: object = {}): Comment => {
  const made = toComment({ id: '6', text: 'Hi', timestamp: TIME, ...fields });
  if (made === undefined) throw new Error('no comment');
  return made;
};
const faults = (...resources: object[]): string[] =>
  faultsOfPull(JSON.parse(JSON.stringify({ external_resources: resources })));

describe('a resource', () => {
  it.each([
    ['of 70,000 characters', 'x'.repeat(70_000)],
    ['of blanks', ' \n '],
    ['with a NUL', 'a\0b'],
    ['with half a character', 'a\ud83d'],
    ['cut in the middle of a character', `${'x'.repeat(65_534)}😀😀`],
  ])('takes a text %s so that Zendesk does', (_, text) => {
    const resources = [
      mapper.ofMedia(media({ caption: text })),
      mapper.ofComment(comment({ text }), { media: media() }),
    ];
    expect(faults(...resources)).toEqual([]);
    for (const { message } of resources) {
      expect(message).not.toContain('\0');
      expect(message.isWellFormed()).toBe(true);
    }
  });

  it.each([
    [{ from: { id: '7', username: 'mira' } }, { external_id: '7', name: 'mira' }],
    [{ username: 'mira' }, { external_id: '@mira', name: 'mira' }],
    [{ username: 'x'.repeat(300) }, { external_id: 'comment:6', name: 'Instagram user' }],
    [{ username: ' müller ' }, { external_id: 'comment:6', name: 'Instagram user' }],
    [{}, { external_id: 'comment:6', name: 'Instagram user' }],
    [{ username: 'omniwear' }, { external_id: ACCOUNT.igUserId, name: 'omniwear' }],
    [{ from: { id: ACCOUNT.igUserId } }, { external_id: ACCOUNT.igUserId, name: 'omniwear' }],
  ])('names its author: %j', (fields, author) => {
    const resource = mapper.ofComment(comment(fields), { media: media() });
    expect(resource.author).toEqual(author);
    expect(faults(resource)).toEqual([]);
  });

  it('names the account as Instagram does now, not as it was sealed', () => {
    const renamed = new ResourceMapper(ACCOUNT, 'manifest', {
      username: 'omniwear.official',
      pictureUrl: undefined,
    });
    const by = (from: object): unknown =>
      renamed.ofComment(comment({ from }), { media: media() }).author;
    const account = { external_id: ACCOUNT.igUserId, name: 'omniwear.official' };
    expect(renamed.ofMedia(media()).author).toEqual(account);
    expect(by({ id: '9', username: 'omniwear.official' })).toEqual(account);
    expect(by({ id: '9', username: 'omniwear' })).toEqual({ external_id: '9', name: 'omniwear' });
  });

  it.each([
    ['IMAGE', 'New jacket\nin green', 'Instagram photo: New jacket'],
    ['VIDEO', '', 'Instagram video'],
    ['CAROUSEL_ALBUM', 'x'.repeat(2200), `Instagram post: ${'x'.repeat(60)}…`],
    ['IMAGE', '👩‍👩‍👧'.repeat(61), `Instagram photo: ${'👩‍👩‍👧'.repeat(60)}…`],
    ['IMAGE', '👩‍👩‍👧'.repeat(60), `Instagram photo: ${'👩‍👩‍👧'.repeat(60)}`],
  ])('has a subject: %s', (media_type, caption, subject) => {
    const { fields } = mapper.ofMedia(media({ media_type, caption }));
    expect(fields).toEqual([{ id: 'subject', value: subject }]);
  });

  it('has the comment for its subject where each comment is a ticket, and the post otherwise', () => {
    const place = { media: media({ caption: 'New jacket' }) };
    const byMedia = new ResourceMapper({ ...ACCOUNT, threads: 'media' }, 'manifest', UNREPORTED);
    expect(mapper.ofComment(comment(), place).fields[0]?.value).toBe('Instagram comment: Hi');
    expect(byMedia.ofComment(comment(), place).fields[0]?.value).toBe(
      'Instagram photo: New jacket',
    );
  });
});
