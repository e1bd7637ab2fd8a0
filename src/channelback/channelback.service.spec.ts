import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { anAccount } from '../../test/support/account.js';
import { MovableClock } from '../../sandbox/clock.js';
import { CapturedLog } from '../../test/support/capture.js';
import { ENGINES, settingsOf, type TestEngine } from '../../test/support/engines.js';
import { stopTime } from '../../test/support/ledger-stores.js';
import { LATE_EFFECT_MS } from '../common/late-effect.js';
import type { CredentialsService } from '../credentials/credentials.service.js';
import type { WriteTurn } from '../instagram/graph-call.js';
import type { Comment } from '../instagram/graph-objects.js';
import type { InstagramClient } from '../instagram/instagram-client.js';
import { InstagramError } from '../instagram/instagram-error.js';
import { ChannelbackLedger, REPEATED_WITHIN_MS } from '../ledger/replies/channelback-ledger.js';
import { Database } from '../ledger/database/database.js';
import { KeyedLock } from '../ledger/database/keyed-lock.js';
import { ChannelbackService } from './channelback.service.js';

const ACCOUNT = anAccount({ igUserId: '17', scopes: new Set(), subdomain: undefined });

describe.each(ENGINES)('ChannelbackService in two processes on %s', (_, startEngine) => {
  let engine: TestEngine;
  let database: Database;
  let clock: MovableClock;
  let comments: Comment[];
  /** Runs after Instagram has accepted a comment, before it answers. */
  let afterWriting: () => Promise<void>;
  /** Why the gate refuses every turn. */
  let closed: Error | undefined;

  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());
  beforeEach(async () => {
    database = new Database(settingsOf(await engine.makeDatabase()));
    await database.onModuleInit();
    clock = new MovableClock();
    comments = [];
    afterWriting = () => Promise.resolve();
    closed = undefined;
  });
  afterEach(() => database.onApplicationShutdown());

  const newLedger = (): ChannelbackLedger => {
    const { time, line } = stopTime(database, clock);
    return new ChannelbackLedger(database, clock, time, line);
  };
  const enterGate = (): Promise<Pick<WriteTurn, 'end'>> =>
    closed === undefined ? Promise.resolve({ end: () => undefined }) : Promise.reject(closed);
  const process = (logs = new CapturedLog()): ChannelbackService => {
    const session = {
      readAccount: () => Promise.resolve({ username: 'omniwear', pictureUrl: undefined }),
      listComments: () => Promise.resolve({ items: [...comments].reverse(), after: undefined }),
      awaitCommentTurn: enterGate,
      addComment: async (_: unknown, text: string, turn?: WriteTurn) => {
        if (turn === undefined) await enterGate();
        const id = String(100 + comments.length);
        const createdAt = clock.now();
        comments.push({
          id,
          text,
          createdAt,
          parentId: undefined,
          authorId: ACCOUNT.igUserId,
          username: 'omniwear',
          hidden: false,
          likeCount: 0,
        });
        await afterWriting();
        return id;
      },
    };
    const instagram = {
      assertCan: () => undefined,
      as: () => session,
    } as unknown as InstagramClient;
    const credentials = {
      open: () => Promise.resolve(ACCOUNT),
      reseal: () => Promise.resolve(undefined),
    } as unknown as CredentialsService;
    return new ChannelbackService(
      credentials,
      instagram,
      newLedger(),
      new KeyedLock(database),
      { proxyDeadlineMs: 5000 },
      logs.log,
    );
  };
  const send = async (service: ChannelbackService, requestId: string): Promise<string> => {
    const answer = await service.post(
      {
        metadata: 'sealed',
        message: 'Thanks!',
        parent_id: 'media:5',
        request_unique_identifier: requestId,
      },
      () => undefined,
    );
    return answer.external_id;
  };
  const cut = (): Promise<never> =>
    Promise.reject(new InstagramError('platform_unavailable', 'Cut.', { effect: 'unknown' }));

  it('does not claim a comment that the other process is posting', async () => {
    const [one, two] = [process(), process()];
    // The first reply's comment never reaches Instagram, and its answer is lost.
    afterWriting = () => {
      comments.pop();
      return cut();
    };
    await expect(send(one, 'r1')).rejects.toMatchObject({ code: 'platform_unavailable' });
    clock.advance(LATE_EFFECT_MS / 1000 + 1);
    // Zendesk repeats the first reply while the second is at Instagram, before its answer.
    let repeated: Promise<unknown> = Promise.resolve();
    afterWriting = () => {
      afterWriting = () => Promise.resolve();
      repeated = send(one, 'r1').catch((error: unknown) => error);
      return repeated.then(() => undefined);
    };
    const second = await send(two, 'r2');
    expect(await repeated).toMatchObject({ code: 'platform_unavailable', retryAfterSeconds: 30 });
    const first = await send(one, 'r1');
    expect(comments).toHaveLength(2);
    expect(first).not.toBe(second);
  });

  it('does not restart the wait of a lost reply when the gate refuses its repeat', async () => {
    afterWriting = () => {
      comments.pop();
      return cut();
    };
    await expect(send(process(), 'r1')).rejects.toThrow('Cut.');
    afterWriting = () => Promise.resolve();
    clock.advance(LATE_EFFECT_MS / 1000 + 1);
    closed = new InstagramError('rate_limited', 'Closed.', { effect: 'none' });
    await expect(send(process(), 'r1')).rejects.toBe(closed);
    closed = undefined;
    expect(await send(process(), 'r1')).toBe('comment:5:100');
  });

  describe('after a restore', () => {
    /** A reply that the lost ledger posted, and a restore right after it. */
    const restore = async (): Promise<void> => {
      await send(process(), 'r1');
      await database.db.deleteFrom('channelbacks').execute();
      await stopTime(database, clock).line.breakAll('command');
    };

    it('finds a reply that the lost ledger posted', async () => {
      await restore();
      clock.advance(60);
      expect(await send(process(), 'r1')).toBe('comment:5:100');
      expect(await send(process(), 'r1')).toBe('comment:5:100');
      // The comment belongs to the first reply, so another one with the same text is new.
      clock.advance(LATE_EFFECT_MS / 1000);
      expect(await send(process(), 'r2')).toBe('comment:5:101');
    });

    it('sends a reply that is not found only when it cannot appear any more', async () => {
      await restore();
      comments.pop();
      await expect(send(process(), 'r1')).rejects.toMatchObject({ code: 'platform_unavailable' });
      expect(comments).toEqual([]);
      clock.advance(LATE_EFFECT_MS / 1000 + 1);
      await send(process(), 'r1');
      expect(comments).toHaveLength(1);
    });

    it('looks for unknown replies for an hour only', async () => {
      await restore();
      clock.advance(REPEATED_WITHIN_MS / 1000 + 1);
      await send(process(), 'r2');
      expect(comments).toHaveLength(2);
    });
  });

  it('posts a reply once if both processes get it', async () => {
    const results = await Promise.allSettled([send(process(), 'r1'), send(process(), 'r1')]);
    // The second process answers that Zendesk must retry, or with the posted comment.
    expect(results.map(({ status }) => status)).toContain('fulfilled');
    expect(comments).toHaveLength(1);
    expect(await send(process(), 'r1')).toBe('comment:5:100');
  });
});

describe('ChannelbackService with a ledger that cannot be written', () => {
  it('still reports a success and a refusal', async () => {
    const logs = new CapturedLog();
    const failure = (): Promise<never> => Promise.reject(new Error('disk full'));
    const ledger = {
      find: () => Promise.resolve(undefined),
      begin: () => Promise.resolve(true),
      confirm: failure,
      withdraw: failure,
    } as unknown as ChannelbackLedger;
    const refusal = new InstagramError('rate_limited', 'No.', { effect: 'none' });
    let isRefused = false;
    const session = {
      awaitCommentTurn: () => Promise.resolve({ end: () => undefined }),
      addComment: () => (isRefused ? Promise.reject(refusal) : Promise.resolve('9')),
    };
    const instagram = {
      assertCan: () => undefined,
      as: () => session,
    } as unknown as InstagramClient;
    const credentials = {
      open: () => Promise.resolve(ACCOUNT),
      reseal: () => Promise.resolve(undefined),
    } as unknown as CredentialsService;
    const service = new ChannelbackService(
      credentials,
      instagram,
      ledger,
      new KeyedLock({ locks: undefined } as Database),
      { proxyDeadlineMs: 5000 },
      logs.log,
    );
    const request = {
      metadata: 'sealed',
      message: 'Thanks!',
      parent_id: 'media:5',
      request_unique_identifier: 'r1',
    };
    const answer = await service.post(request, () => undefined);
    expect(answer.external_id).toBe('comment:5:9');
    isRefused = true;
    await expect(service.post(request, () => undefined)).rejects.toBe(refusal);
    expect(logs.events('ledger.write_failed')).toHaveLength(2);
  });
});
