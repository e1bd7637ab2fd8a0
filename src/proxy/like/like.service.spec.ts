import { beforeEach, describe, expect, it } from '@jest/globals';
import { anAccount } from '../../../test/support/account.js';
import { CapturedLog } from '../../../test/support/capture.js';
import { Clock } from '../../common/clock.js';
import { Deadline } from '../../common/deadline.js';
import type { Account } from '../../domain/account.js';
import { Secret } from '../../domain/secret.js';
import type { InstagramClient } from '../../instagram/instagram-client.js';
import { InstagramError } from '../../instagram/instagram-error.js';
import type { LikeLedger } from '../../ledger/likes/like-ledger.js';
import type { Database } from '../../ledger/database/database.js';
import type { TicketFinder } from '../../ledger/tickets/ticket-finder.js';
import { KeyedLock } from '../../ledger/database/keyed-lock.js';
import type { ProxyCall } from '../proxy-call.js';
import { TargetResolver } from '../target-resolver.js';
import type { LikeAnswer } from './like-answer.dto.js';
import type { LikeClientData } from './like-client-data.dto.js';
import { LikeService, SEND_MIN_MS } from './like.service.js';

const ACCOUNT = anAccount({ scopes: new Set(), subdomain: undefined });

describe('LikeService', () => {
  let steps: string[];
  /** The tokens with which likes were sent. */
  let tokens: Secret[];
  let logs: CapturedLog;
  /** The errors of the steps that fail. */
  let failures: Record<string, Error>;
  let service: LikeService;

  const step = (name: string): Promise<string> => {
    steps.push(name);
    const failure = failures[name];
    return failure === undefined ? Promise.resolve(name) : Promise.reject(failure);
  };

  beforeEach(() => {
    steps = [];
    tokens = [];
    failures = {};
    logs = new CapturedLog();
    const instagram = {
      assertCan: () => {
        steps.push('assertCan');
        if (failures.assertCan !== undefined) throw failures.assertCan;
      },
      as: ({ userToken }: Account) => ({
        awaitLikeTurn: async () => {
          await step('turn');
          return { end: () => steps.push('end') };
        },
        setLike: () => {
          tokens.push(userToken);
          return step('setLike');
        },
      }),
    } as unknown as InstagramClient;
    const ledger = {
      begin: () => step('begin'),
      confirm: () => step('confirm'),
      withdraw: () => step('withdraw'),
      keep: () => step('keep'),
    } as unknown as LikeLedger;
    const targets = new TargetResolver({} as TicketFinder);
    const lock = new KeyedLock({ locks: undefined } as Database);
    service = new LikeService(targets, instagram, ledger, lock, new Clock(), logs.log);
  });

  const call = (
    deadline = new Deadline(5000),
    liked = true,
    account = ACCOUNT,
  ): ProxyCall<LikeClientData> => ({
    account,
    data: { media_id: '1', liked },
    deadline,
    note: () => undefined,
  });
  const click = (liked: boolean): Promise<LikeAnswer> =>
    service.set(call(new Deadline(5000), liked));
  const refusal = (effect: 'none' | 'unknown'): InstagramError =>
    new InstagramError('rate_limited', 'No.', { effect });

  it('records the attempt before it is sent and confirms it afterwards', async () => {
    await expect(service.set(call())).resolves.toMatchObject({ ok: true, changed_at: 'confirm' });
    expect(steps).toEqual(['assertCan', 'turn', 'begin', 'setLike', 'confirm', 'end']);
  });

  it('records nothing for an account that is known to be unable to like', async () => {
    failures.assertCan = refusal('none');
    await expect(service.set(call())).rejects.toThrow('No.');
    expect(steps).toEqual(['assertCan']);
  });

  it('sends nothing if the attempt cannot be recorded', async () => {
    failures.begin = new Error('disk full');
    await expect(service.set(call())).rejects.toThrow('disk full');
    expect(steps).toEqual(['assertCan', 'turn', 'begin', 'end']);
  });

  it('records and sends nothing if the gate gives no turn', async () => {
    failures.turn = refusal('none');
    await expect(service.set(call())).rejects.toThrow('No.');
    expect(steps).toEqual(['assertCan', 'turn']);
  });

  it('sends nothing with too little time left', async () => {
    const late = call(new Deadline(SEND_MIN_MS - 1));
    await expect(service.set(late)).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(steps).toEqual(['assertCan']);
  });

  it('withdraws an attempt that certainly had no effect, and keeps any other', async () => {
    failures.setLike = refusal('none');
    await expect(service.set(call())).rejects.toThrow('No.');
    expect(steps.slice(-3)).toEqual(['setLike', 'withdraw', 'end']);
    failures.setLike = refusal('unknown');
    await expect(service.set(call())).rejects.toThrow('No.');
    expect(steps.slice(-3)).toEqual(['setLike', 'keep', 'end']);
  });

  it('reports the like as set and logs an error if the ledger cannot confirm', async () => {
    failures.confirm = new Error('disk full');
    const answer = await service.set(call());
    expect(answer).toMatchObject({
      ok: true,
      liked: true,
      changed_at: expect.stringMatching(/Z$/),
    });
    expect(logs.events('ledger.write_failed')).toHaveLength(1);
  });

  it("reports Instagram's refusal and logs an error if the ledger cannot withdraw", async () => {
    failures.setLike = refusal('none');
    failures.withdraw = new Error('disk full');
    await expect(service.set(call())).rejects.toMatchObject({ code: 'rate_limited' });
    expect(logs.events('ledger.write_failed')).toHaveLength(1);
  });

  it('sends only the last of the clicks that wait, and answers all with its state', async () => {
    const answers = await Promise.all([true, false, true, false].map(click));
    expect(answers.map(({ liked }) => liked)).toEqual([true, false, false, false]);
    expect(steps.filter((each) => each === 'setLike')).toHaveLength(2);
  });

  it('sends the clicks of each connection with its own token', async () => {
    const other = anAccount({ ...ACCOUNT, userToken: new Secret('other') });
    const clicks = [ACCOUNT, ACCOUNT, other, ACCOUNT, other].map((account, index) =>
      service.set(call(new Deadline(5000), index % 2 === 0, account)),
    );
    await Promise.all(clicks);
    const sent = new Set([ACCOUNT.userToken, other.userToken]);
    expect(new Set(tokens)).toEqual(sent);
    expect(tokens.filter((token) => token === other.userToken)).toHaveLength(2);
  });

  it('sends a waiting click with the same wish: another process may have changed it', async () => {
    const answers = await Promise.all([true, true].map(click));
    expect(answers.map(({ liked }) => liked)).toEqual([true, true]);
    expect(steps.filter((each) => each === 'setLike')).toHaveLength(2);
  });

  it('sends a waiting click after a failure, whatever it wants', async () => {
    failures.setLike = refusal('unknown');
    const clicks = [true, true].map(click);
    await expect(clicks[0]).rejects.toThrow('No.');
    failures = {};
    await expect(clicks[1]).resolves.toMatchObject({ liked: true });
    expect(steps.filter((each) => each === 'setLike')).toHaveLength(2);
  });
});
