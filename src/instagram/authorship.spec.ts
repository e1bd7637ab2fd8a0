import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toIdentity, isWrittenBy } from './authorship.js';

const SEED = 20_261_126;
const ID = '17841405309211844';
const SEALED = { igUserId: ID, username: 'omniwear' };
const RENAMED = toIdentity(SEALED, { username: 'omniwear.official' });
const UNREPORTED = toIdentity(SEALED, { username: undefined });

const name = fc.stringMatching(/^[A-Za-z0-9._]{1,30}$/);
const id = fc.stringMatching(/^\d{1,30}$/);
const identity = fc
  .record({ sealed: name, reported: fc.option(name, { nil: undefined }) })
  .map(({ sealed, reported }) =>
    toIdentity({ igUserId: ID, username: sealed }, { username: reported }),
  );

describe('isWrittenBy', () => {
  it.each([
    ['the account by its id', { authorId: ID, username: 'anything' }, true],
    ['a stranger who took the old name', { authorId: '9', username: 'omniwear' }, false],
    ['the old name without an id', { authorId: undefined, username: 'omniwear' }, false],
    ['a scoped id under the current name', { authorId: '9', username: 'Omniwear.Official' }, true],
    [
      'the current name without an id',
      { authorId: undefined, username: 'omniwear.OFFICIAL' },
      true,
    ],
    ['an unknown author', { authorId: undefined, username: undefined }, false],
  ])('after a rename, compares %s: %j is the account: %s', (_, comment, expected) => {
    expect(isWrittenBy(comment, RENAMED)).toBe(expected);
  });

  it('compares the sealed name only for authors without an id', () => {
    const username = 'omniwear';
    expect(isWrittenBy({ authorId: undefined, username }, UNREPORTED)).toBe(true);
    expect(isWrittenBy({ authorId: '9', username }, UNREPORTED)).toBe(false);
  });

  it('always recognizes the account id under any name', () => {
    fc.assert(
      fc.property(identity, fc.option(name, { nil: undefined }), (who, username) =>
        isWrittenBy({ authorId: ID, username }, who),
      ),
      { seed: SEED },
    );
  });

  it('recognizes another id only under the current name', () => {
    fc.assert(
      fc.property(identity, id, name, (who, authorId, username) => {
        fc.pre(authorId !== ID);
        fc.pre(!who.isCurrentName || username.toLowerCase() !== who.username.toLowerCase());
        return !isWrittenBy({ authorId, username }, who);
      }),
      { seed: SEED },
    );
  });

  it('ignores only the case of a name', () => {
    fc.assert(
      fc.property(name, name, (current, username) => {
        const who = toIdentity(SEALED, { username: current });
        const same = current.toLowerCase() === username.toLowerCase();
        return (
          isWrittenBy({ authorId: undefined, username }, who) === same &&
          isWrittenBy({ authorId: '9', username: current.toUpperCase() }, who)
        );
      }),
      { seed: SEED },
    );
  });
});
