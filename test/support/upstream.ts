import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import type { Fault } from '../../sandbox/instagram/faults.js';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { type RunningInstagram, startInstagram } from './instagram.js';
import { type Answer, TestService } from './service.js';

export const DEADLINE_MS = 400;
/** How late an answer may come after the deadline. */
export const TOLERANCE_MS = 50;
/** The latest answer, from the call. */
export const LATEST_MS = DEADLINE_MS + TOLERANCE_MS;
export const PHOTO = { media_id: OMNIWEAR.photoId };

/** More than an hour: the longest block of an account, and the longest effect of a lost like. */
const LATER_SECONDS = 3601;

/** A service with a short deadline, its Instagram, and calls about one photo. */
export class Upstream {
  instagram: RunningInstagram;
  service: TestService;

  async start(): Promise<void> {
    this.instagram = await startInstagram();
    this.service = await TestService.start({
      INSTAGRAM_GRAPH_URL: this.instagram.url,
      PROXY_DEADLINE_MS: String(DEADLINE_MS),
    });
    // The first calls of a process are slow.
    for (let calls = 0; calls < 3; calls += 1) await this.like(false);
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await this.instagram.stop();
  }

  /** Forgets armed faults, recorded calls, blocks and lost likes. */
  reset(): void {
    this.instagram.faults.clear();
    this.instagram.seen.length = 0;
    this.instagram.world.clock.advance(LATER_SECONDS);
    this.service.clock.advance(LATER_SECONDS);
  }

  like(liked: boolean): Promise<Answer> {
    return this.service.proxy('/like', { ...PHOTO, liked });
  }

  /** What the service knows about the like. */
  async readState(): Promise<Record<string, unknown>> {
    const { liked, source } = (await this.service.proxy('/like/state', PHOTO)).json;
    return { liked, source };
  }

  armFault(fault: Fault): void {
    this.instagram.faults.arm({ fault, times: 1 });
  }
}

/** Starts an `Upstream` for the tests of a `describe` block, and checks its log after each. */
export function useUpstream(): Upstream {
  const upstream = new Upstream();
  beforeAll(() => upstream.start());
  afterAll(() => upstream.stop());
  beforeEach(() => {
    upstream.reset();
  });
  afterEach(() => {
    expect(upstream.service.logs.mentions(OMNIWEAR.token)).toBe(false);
    expect(upstream.service.logs.events('proxy.failed')).toEqual([]);
  });
  return upstream;
}

/** The error of a proxied call. */
export function readError(answer: Answer): Record<string, unknown> {
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({ ok: false });
  expect(answer.text.includes(OMNIWEAR.token)).toBe(false);
  return answer.json.error as Record<string, unknown>;
}
