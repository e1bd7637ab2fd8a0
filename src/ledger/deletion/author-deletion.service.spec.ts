import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MovableClock } from '../../../sandbox/clock.js';
import { ENGINES, sharedDatabase } from '../../../test/support/engines.js';
import { createStores, type LedgerStores } from '../../../test/support/ledger-stores.js';
import type { Target } from '../../domain/target.js';
import { type AuthorDeletionService, TOMBSTONE_MS } from './author-deletion.service.js';
import type { CommentAuthors } from './comment-authors.js';
import type { ConnectedAccounts } from '../accounts/connected-accounts.js';
import type { Database } from '../database/database.js';
import { LATE_EFFECT_MS, type LikeAttempt, type LikeLedger } from '../likes/like-ledger.js';

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
    const endings = ['confirmed at once', 'lost', 'confirmed', 'withdrawn'] as const;
    const attempts = fc.array(
      fc.record({ liked: fc.boolean(), ending: fc.constantFrom(...endings) }),
      { minLength: 4, maxLength: 4 },
    );
    const others = [
      'forget',
      'forget elsewhere',
      'forget the account',
      'remember',
      'sweep',
    ] as const;
    /** The next step of one of the open attempts, an event besides them, or a wait in seconds. */
    const steps = fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.nat({ max: 11 }) },
        { weight: 5, arbitrary: fc.constantFrom(...others) },
        {
          weight: 1,
          arbitrary: fc.record({ waitSeconds: fc.constantFrom(1, 60, LATE_EFFECT_SECONDS) }),
        },
      ),
      { maxLength: 24, size: 'max' },
    );
    let definite = 0;
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(attempts, steps, async (all, chosen) => {
        runs += 1;
        const id = String(90_000_000 + runs);
        const author = `author-${String(runs)}`;
        await remember(id, author);
        let isLiked = false;
        /** What was sent acts within `LATE_EFFECT_MS`; its answer may be lost. */
        const courses = all.map(({ liked, ending }) => {
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
          const withdraw = (): Promise<void> => likes.withdraw(attempt);
          const rest = {
            'confirmed at once': [both],
            lost: [act],
            confirmed: [act, confirm],
            withdrawn: [withdraw],
          };
          return [begin, ...rest[ending]];
        });
        const events: Record<(typeof others)[number], () => Promise<unknown>> = {
          forget: () => deletion.delete(author, AT_OMNIWEAR),
          'forget elsewhere': () => deletion.delete(author, { subdomain: 'stranger' }),
          'forget the account': () => deletion.delete(author, { igUserId }),
          remember: () => remember(id, author),
          sweep: () => deletion.sweep(),
        };
        for (const step of [...chosen, ...Array<number>(12).fill(0)]) {
          const open = courses.filter((each) => each.length > 0);
          if (open.length === 0) break;
          if (typeof step === 'number') await open[step % open.length]?.shift()?.();
          else if (typeof step === 'string') await events[step]();
          else clock.advance(step.waitSeconds);
          const [state] = await likes.states(igUserId, [comment(id)]);
          if (state?.known !== 'confirmed') continue;
          definite += 1;
          expect(state.liked).toBe(isLiked);
        }
        await deletion.delete(author, { igUserId });
        clock.advance(TOMBSTONE_SECONDS);
        await deletion.sweep();
        const left = await dump();
        expect(left.includes(id) || left.includes(author)).toBe(false);
      }),
      { seed: 1, numRuns: COURSES },
    );
    expect(definite).toBeGreaterThan(COURSES / 2);
  }, 120_000);
});
