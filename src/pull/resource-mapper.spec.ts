import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkPullAnswer } from '../../sandbox/zendesk/rules.js';
import { type Comment, type Media, toComment, toMedia } from '../instagram/graph-objects.js';
import { ResourceMapper } from './resource-mapper.js';

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
  checkPullAnswer(JSON.parse(JSON.stringify({ external_resources: resources })));

describe('ResourceMapper', () => {
  it.each([
    ['of 70,000 characters', 'x'.repeat(70_000)],
    ['of whitespace', ' \n '],
    ['with a NUL', 'a\0b'],
    ['with half a character', 'a\ud83d'],
    ['cut in the middle of a character', `${'x'.repeat(65_534)}😀😀`],
  ])('turns a text %s into one that Zendesk accepts', (_, text) => {
    const resources = [
      mapper.mapMedia(media({ caption: text })),
      mapper.mapComment(comment({ text }), { media: media() }),
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
  ])('maps the author %j', (fields, author) => {
    const resource = mapper.mapComment(comment(fields), { media: media() });
    expect(resource.author).toEqual(author);
    expect(faults(resource)).toEqual([]);
  });

  it('uses the current name of the account, not the sealed one', () => {
    const renamed = new ResourceMapper(ACCOUNT, 'manifest', {
      username: 'omniwear.official',
      pictureUrl: undefined,
    });
    const by = (from: object): unknown =>
      renamed.mapComment(comment({ from }), { media: media() }).author;
    const account = { external_id: ACCOUNT.igUserId, name: 'omniwear.official' };
    expect(renamed.mapMedia(media()).author).toEqual(account);
    expect(by({ id: '9', username: 'omniwear.official' })).toEqual(account);
    expect(by({ id: '9', username: 'omniwear' })).toEqual({ external_id: '9', name: 'omniwear' });
  });

  it.each([
    ['IMAGE', 'New jacket\nin green', 'Instagram photo: New jacket'],
    ['VIDEO', '', 'Instagram video'],
    ['CAROUSEL_ALBUM', 'x'.repeat(2200), `Instagram post: ${'x'.repeat(60)}…`],
    ['IMAGE', '👩‍👩‍👧'.repeat(61), `Instagram photo: ${'👩‍👩‍👧'.repeat(60)}…`],
    ['IMAGE', '👩‍👩‍👧'.repeat(60), `Instagram photo: ${'👩‍👩‍👧'.repeat(60)}`],
  ])('builds the subject of a post: %s', (media_type, caption, subject) => {
    const { fields } = mapper.mapMedia(media({ media_type, caption }));
    expect(fields).toEqual([{ id: 'subject', value: subject }]);
  });

  it('takes the subject from the comment if each is a ticket, else from the post', () => {
    const place = { media: media({ caption: 'New jacket' }) };
    const byMedia = new ResourceMapper({ ...ACCOUNT, threads: 'media' }, 'manifest', UNREPORTED);
    expect(mapper.mapComment(comment(), place).fields[0]?.value).toBe('Instagram comment: Hi');
    expect(byMedia.mapComment(comment(), place).fields[0]?.value).toBe(
      'Instagram photo: New jacket',
    );
  });

  const INVISIBLE = [
    ['zero-width spaces', '\u200B\u200B'],
    ['a byte order mark', '\uFEFF'],
    ['variation selectors', '\uFE0F\u{E0100}'],
    ['bidirectional controls', '\u202E\u2066\u200F'],
    ['blank Braille', '\u2800\u2800'],
    ['Hangul fillers', '\u3164\u115F\uFFA0'],
    ['tags', '\u{E0041}\u{E007F}'],
    ['joiners and a soft hyphen', '\u200D\u2060\u00AD'],
    ['unusual spaces', '\u00A0\u3000\u2003'],
    ['controls', '\u0001\u001B'],
    ['an object replacement', '\uFFFC'],
    ['invisible lines', '\u200B\n\u2800\r\n\u3164\u2028\u2029'],
  ] as const;

  it.each(INVISIBLE)('starts the subject with the first visible text behind %s', (_, invisible) => {
    const { fields } = mapper.mapMedia(
      media({ caption: `${invisible}New jacket${invisible}\nin green` }),
    );
    expect(fields[0]?.value).toMatch(/^Instagram photo: New jacket/);
  });

  it.each(INVISIBLE)('treats a text of only %s as empty', (_, text) => {
    const post = mapper.mapMedia(media({ caption: text }));
    expect([post.message, post.fields[0]?.value]).toEqual([
      '(a post without caption)',
      'Instagram photo',
    ]);
    const made = mapper.mapComment(comment({ text }), { media: media() });
    expect(made.message).toBe('(a comment without text)');
    expect(made.fields[0]?.value).toBe('Instagram comment');
  });

  it('builds a subject from any text: its first visible line, without control characters', () => {
    const anything = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(...INVISIBLE.map(([, text]) => text)),
      ),
    );
    fc.assert(
      fc.property(anything, (texts) => {
        const caption = texts.join('').replaceAll('\0', '');
        const post = mapper.mapMedia(media({ caption }));
        const subject = String(post.fields[0]?.value);
        expect(faults(post)).toEqual([]);
        expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(subject.isWellFormed()).toBe(true);
        const text = subject.replace(/^Instagram photo(: )?/, '');
        const isEmpty = post.message === '(a post without caption)';
        expect(text === '').toBe(isEmpty);
        expect(caption.toWellFormed()).toContain(text.replace(/…$/, '').split(' ')[0] ?? '');
        // It does not begin with an invisible character.
        expect(text).not.toMatch(/^[\p{Default_Ignorable_Code_Point}\s\u2800]/u);
      }),
      { seed: 20_261_126, numRuns: 2000 },
    );
  });

  it('shows any letter, digit, sign or emoji behind invisible characters', () => {
    const visible = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 1 })
      .filter((text) => /^[\p{L}\p{N}\p{P}\p{Sm}\p{Sc}\p{Extended_Pictographic}]$/u.test(text))
      .filter((text) => !/\p{Default_Ignorable_Code_Point}/u.test(text));
    fc.assert(
      fc.property(
        visible,
        fc.constantFrom(...INVISIBLE.map(([, text]) => text)),
        (text, before) => {
          const { fields } = mapper.mapMedia(media({ caption: before + text }));
          expect(fields[0]?.value).toBe(`Instagram photo: ${text}`);
        },
      ),
      { seed: 20_261_126, numRuns: 2000 },
    );
  });

  it('allows no reply to a hidden comment or to a reply under one', () => {
    const of = (hidden: boolean, isParentHidden = false): boolean =>
      mapper.mapComment(comment({ hidden }), {
        media: media(),
        parent: comment({ id: '7', hidden: isParentHidden }),
      }).allow_channelback;
    expect([of(false), of(true), of(false, true)]).toEqual([true, false, false]);
  });
});
