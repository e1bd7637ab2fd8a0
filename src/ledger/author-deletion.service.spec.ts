import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MovableClock } from '../../sandbox/clock.js';
import { Random } from '../../test/model/random.js';
import { ENGINES, sharedDatabase } from '../../test/support/engines.js';
import { createStores, type LedgerStores } from '../../test/support/ledger-stores.js';
import type { Target } from '../domain/target.js';
import { type AuthorDeletionService, TOMBSTONE_MS } from './author-deletion.service.js';
import type { CommentAuthors } from './comment-authors.js';
import type { ConnectedAccounts } from './connected-accounts.js';
import type { Database } from './database.js';
import { LATE_EFFECT_MS, type LikeAttempt, type LikeLedger } from './like-ledger.js';

/** The number of random sequences on each engine. */
const COURSES = 250;
const AT_OMNIWEAR = { subdomain: 'omniwear' };
const LATE_EFFECT_SECONDS = LATE_EFFECT_MS / 1000;
const TOMBSTONE_SECONDS = TOMBSTONE_MS / 1000;

describe.each(ENGINES)('the data about an author on %s', (_, startEngine) => {
  const getDatabase = sharedDatabase(startEngine);
  let database: Database;
  let clock: MovableClock;
  let authors: CommentAuthors;
  let likes: LikeLedger;
  let accounts: ConnectedAccounts;
  let stores: LedgerStores;
  let deletion: AuthorDeletionService;
  /** Another account for each test. */
  let igUserId: string;
  let count = 0;

  beforeAll(() => {
    database = getDatabase();
  });
  beforeEach(async () => {
    clock = new MovableClock();
    stores = createStores(database, clock);
    ({ authors, likes, accounts, authorDeletion: deletion } = stores);
    for (const table of [
      'comment_authors',
      'connected_accounts',
      'likes',
      'like_attempts',
    ] as const) {
      await database.db.deleteFrom(table).execute();
    }
    count += 1;
    igUserId = `1784${String(count)}`;
    await accounts.note({ igUserId, ...AT_OMNIWEAR }, 'active', 0);
  });

  const comment = (id: string): Target => ({ kind: 'comment', id });
  const remember = (commentId: string, authorId = 'person', account = igUserId): Promise<void> =>
    authors.remember(account, [{ commentId, mediaId: '5', authorId }]);
  const like = async (id: string, account = igUserId): Promise<void> => {
    await likes.confirm(await likes.begin(account, comment(id), true));
  };
  const known = async (id: string, account = igUserId): Promise<string | undefined> =>
    (await likes.states(account, [comment(id)]))[0]?.known;
  /** Reads all rows that can hold data about comments, as text. */
  const dump = async (): Promise<string> =>
    JSON.stringify(
      await Promise.all(
        (['comment_authors', 'likes', 'like_attempts', 'ticket_resources'] as const).map((table) =>
          database.db.selectFrom(table).selectAll().execute(),
        ),
      ),
    );

  it('is deleted without the data about other people', async () => {
    const mine = Array.from({ length: 501 }, (__, index) => String(1000 + index));
    await authors.remember(
      igUserId,
      [...mine, '6'].map((commentId) => ({
        commentId,
        mediaId: '5',
        authorId: commentId === '6' ? 'other' : 'person',
      })),
    );
    await like('1500');
    await like('6');
    expect(await deletion.delete('person', AT_OMNIWEAR)).toBe(501);
    expect([await known('1500'), await known('6')]).toEqual(['none', 'confirmed']);
    expect(await dump()).not.toContain('person');
  });

  it('is deleted for the account of the metadata, and a post with the same id stays', async () => {
    await remember('77', 'guest');
    await remember('77', 'guest', '22');
    await like('77');
    await like('77', '22');
    await likes.confirm(await likes.begin(igUserId, { kind: 'media', id: '77' }, true));
    expect(await deletion.delete('guest', { igUserId })).toBe(1);
    expect([await known('77'), await known('77', '22')]).toEqual(['none', 'confirmed']);
    const [media] = await likes.states(igUserId, [{ kind: 'media', id: '77' }]);
    expect(media?.known).toBe('confirmed');
  });

  it('is deleted only for accounts that are connected at the Zendesk of the event', async () => {
    await accounts.note({ igUserId: '22', subdomain: 'rival' }, 'active', 0);
    await accounts.note({ igUserId: '23', subdomain: 'former' }, 'active', 0);
    await accounts.noteName({ igUserId: '23', subdomain: 'former' }, 'omniwear');
    await accounts.note({ igUserId: '24', subdomain: 'omniwear' }, 'removed', 1);
    await accounts.note({ igUserId: '25', subdomain: undefined }, 'active', 0);
    await accounts.note({ igUserId: '26', subdomain: undefined }, 'active', 0);
    await accounts.noteName({ igUserId: '26', subdomain: undefined }, 'rival');
    const all = [igUserId, '22', '23', '24', '25', '26'];
    for (const account of all) {
      await remember('8', 'person', account);
      await like('8', account);
    }
    expect(await deletion.delete('person', { subdomain: 'nowhere' })).toBe(1);
    await deletion.delete('person', AT_OMNIWEAR);
    expect(await Promise.all(all.map((account) => known('8', account)))).toEqual([
      'none',
      'confirmed',
      'none',
      'none',
      'none',
      'confirmed',
    ]);
  });

  it('is found by a real deletion after a forged one, with the data since then', async () => {
    const { permalinks, ticketFinder, ticketRecorder } = stores;
    await permalinks.remember(igUserId, new Map([['5', 'https://www.instagram.com/p/A/']]));
    await remember('31');
    await deletion.delete('person', AT_OMNIWEAR);
    // A pull returns the old comment again, and a new one.
    await remember('31');
    await remember('32');
    await like('31');
    await like('32');
    const place = 'first' as const;
    const inTicket = { mediaId: '5', commentId: '31', externalId: 'comment:5:31', place };
    await ticketRecorder.add('omniwear', [{ ticketId: 62, ...inTicket }]);
    expect(await ticketFinder.findTarget(igUserId, 'omniwear', 62)).toEqual(comment('31'));
    expect(await deletion.delete('person', { igUserId })).toBe(2);
    expect([await known('31'), await known('32')]).toEqual(['none', 'none']);
    expect(await ticketFinder.findTarget(igUserId, 'omniwear', 62)).toBeUndefined();
  });

  it('keeps an attempt that may still take effect, and deletes it later', async () => {
    await remember('41');
    await likes.begin(igUserId, comment('41'), true);
    await deletion.delete('person', AT_OMNIWEAR);
    // The unanswered like may overtake this unlike.
    await likes.confirm(await likes.begin(igUserId, comment('41'), false));
    expect(await known('41')).toBe('pending');
    clock.advance(LATE_EFFECT_SECONDS);
    await deletion.sweep();
    expect(await known('41')).toBe('none');
    expect(await dump()).not.toContain('"target_id":"41"');
  });

  it('keeps an old attempt while a recent one for the same heart is in progress', async () => {
    await remember('42');
    await likes.begin(igUserId, comment('42'), true);
    clock.advance(LATE_EFFECT_SECONDS - 1);
    const unlike = await likes.begin(igUserId, comment('42'), false);
    clock.advance(1);
    await deletion.delete('person', AT_OMNIWEAR);
    await likes.confirm(unlike);
    expect(await known('42')).toBe('pending');
  });

  it('keeps a like that an agent sets after the deletion, until the comment expires', async () => {
    await remember('43');
    await deletion.delete('person', AT_OMNIWEAR);
    clock.advance(LATE_EFFECT_SECONDS + 1);
    await like('43');
    await deletion.sweep();
    expect(await known('43')).toBe('confirmed');
    clock.advance(TOMBSTONE_SECONDS);
    await deletion.sweep();
    expect(await known('43')).toBe('none');
    expect(await dump()).not.toContain('"43"');
  });

  it('expires 30 days after the first deletion, however often it is deleted again', async () => {
    await remember('44');
    for (let day = 0; day < 30; day += 1) {
      await deletion.delete('person', AT_OMNIWEAR);
      clock.advance(86_400);
    }
    await deletion.sweep();
    expect(await database.db.selectFrom('comment_authors').selectAll().execute()).toEqual([]);
  });

  it('causes no wrong answer and leaves nothing in the end, in any order', async () => {
    let definite = 0;
    for (let seed = 1; seed <= COURSES; seed += 1) {
      const random = new Random(seed);
      const id = String(90_000_000 + seed);
      const author = `author-${String(seed)}`;
      await remember(id, author);
      let isLiked = false;
      /**
       * An attempt with random steps. A sent request takes effect within `LATE_EFFECT_MS`, and its
       * answer may be lost.
       */
      const course = (): (() => Promise<unknown>)[] => {
        const liked = random.chance(0.5);
        let attempt: LikeAttempt;
        const inTime = (): boolean => clock.now() < attempt.startedAt + LATE_EFFECT_MS;
        const begin = async (): Promise<void> => {
          attempt = await likes.begin(igUserId, comment(id), liked);
        };
        const act = (): Promise<void> => {
          if (inTime()) isLiked = liked;
          return Promise.resolve();
        };
        const confirm = async (): Promise<void> => {
          if (inTime()) await likes.confirm(attempt);
        };
        const both = async (): Promise<void> => {
          if (!inTime()) return;
          await act();
          await likes.confirm(attempt);
        };
        return random.pick<(() => Promise<unknown>)[]>([
          [begin, both],
          [begin, act],
          [begin, act, confirm],
          [begin, (): Promise<void> => likes.withdraw(attempt)],
        ]);
      };
      const others: (() => Promise<unknown>)[] = [
        () => deletion.delete(author, AT_OMNIWEAR),
        () => deletion.delete(author, { subdomain: 'stranger' }),
        () => deletion.delete(author, { igUserId }),
        () => remember(id, author),
        () => deletion.sweep(),
        () => {
          clock.advance(random.pick([1, 60, LATE_EFFECT_SECONDS]));
          return Promise.resolve();
        },
      ];
      const courses = [course(), course(), course(), course()];
      for (let step = 0; courses.some((steps) => steps.length > 0); step += 1) {
        const open = courses.filter((steps) => steps.length > 0);
        await (random.chance(0.5) ? random.pick(open).shift() : random.pick(others))?.();
        const [state] = await likes.states(igUserId, [comment(id)]);
        if (state?.known !== 'confirmed') continue;
        definite += 1;
        expect({ seed, step, liked: state.liked }).toEqual({ seed, step, liked: isLiked });
      }
      await deletion.delete(author, { igUserId });
      clock.advance(TOMBSTONE_SECONDS);
      await deletion.sweep();
      const left = await dump();
      expect({ seed, left: left.includes(id) || left.includes(author) }).toEqual({
        seed,
        left: false,
      });
    }
    expect(definite).toBeGreaterThan(COURSES / 2);
  }, 120_000);
});
