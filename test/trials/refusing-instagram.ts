import type { AddressInfo } from 'node:net';
import type { Fault } from '../../sandbox/instagram/faults.js';
import { OMNIWEAR } from '../../sandbox/instagram/omniwear.js';
import { createInstagram, type InstagramServer } from '../../sandbox/instagram/server.js';
import { addPosts } from '../support/posts.js';

/** The password was changed, so all tokens ended. */
const PASSWORD_CHANGED = 460;
const LIKED_PATH = '/likes';
/** A token of a new login, which no refusal ends. */
export const NEW_TOKEN = 'sandbox-omniwear-new-token';

/** A way in which Meta refuses an account or a token. */
export type Refusal = 'dead token' | Extract<Fault, { kind: 'graph_error' }>;

/** The Instagram of one process, which refuses from some time on. It notes when calls arrive. */
export class RefusingInstagram {
  /** When calls arrived, and when the first refusal was answered, by `performance.now()`. */
  readonly arrivals: number[] = [];
  refusedAt = Infinity;
  /** Accepted likes and unlikes with a new token. */
  likesWithNewToken = 0;

  private constructor(
    private readonly server: InstagramServer,
    readonly url: string,
    readonly posts: readonly string[],
  ) {}

  static async start(posts: number): Promise<RefusingInstagram> {
    const server = createInstagram();
    const { app, world } = server;
    const token = world.tokens.get(OMNIWEAR.token);
    if (token === undefined) throw new Error('the stand-in has no token of Omniwear');
    world.tokens.set(NEW_TOKEN, { ...token });
    let instagram: RefusingInstagram | undefined;
    app.addHook('onRequest', (_request, _reply, done) => {
      instagram?.arrivals.push(performance.now());
      done();
    });
    app.addHook('onResponse', (request, reply, done) => {
      instagram?.noteAnswer(request.url, request.headers.authorization, reply.statusCode);
      done();
    });
    const ids = addPosts(world, posts, 0);
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    instagram = new RefusingInstagram(server, `http://127.0.0.1:${String(port)}`, ids);
    return instagram;
  }

  /** Refuses every call from now on. */
  refuse(refusal: Refusal): void {
    const { world, faults } = this.server;
    if (refusal === 'dead token') {
      for (const text of [OMNIWEAR.token, OMNIWEAR.pageToken]) {
        const token = world.tokens.get(text);
        if (token !== undefined) token.endedBy = PASSWORD_CHANGED;
      }
    } else {
      faults.arm({ fault: refusal, times: Infinity });
    }
  }

  /** Calls that arrived later than this. */
  countAfter(at: number): number {
    return this.arrivals.filter((arrival) => arrival > at).length;
  }

  stop(): Promise<void> {
    return this.server.app.close();
  }

  private noteAnswer(url: string, authorization = '', status: number): void {
    if (status >= 400) this.refusedAt = Math.min(this.refusedAt, performance.now());
    else if (url.includes(LIKED_PATH) && authorization.endsWith(NEW_TOKEN)) {
      this.likesWithNewToken += 1;
    }
  }
}
