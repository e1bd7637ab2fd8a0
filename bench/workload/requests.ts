import { sealAccount, toMediaId } from './accounts.js';

/** A heart: a post of an account, both by number. */
export interface Heart {
  readonly account: number;
  readonly post: number;
}

/** Accounts times posts. */
export interface WorkloadSize {
  readonly accounts: number;
  readonly posts: number;
}

/** A prime, and so coprime to the numbers of hearts used here. */
const STRIDE = 7_368_787;

/** Targets in one call of `POST /like/state`, as many as it accepts. */
export const TARGETS = 50;

/**
 * Each heart once, one account after the other. So two calls of one heart never travel at once, and
 * the calls of one account are as far apart as possible.
 */
export function listHearts({ accounts, posts }: WorkloadSize): Heart[] {
  return Array.from({ length: accounts * posts }, (_, index) => ({
    account: index % accounts,
    post: Math.floor(index / accounts),
  }));
}

/** Some of the hearts, spread over all of them. None comes twice if there are enough. */
export function spreadHearts({ accounts, posts }: WorkloadSize, count: number): Heart[] {
  const hearts = accounts * posts;
  return Array.from({ length: Math.min(count, hearts) }, (_, index) => {
    const place = (index * STRIDE) % hearts;
    return { account: place % accounts, post: Math.floor(place / accounts) };
  });
}

/** Builds the requests of one route, as Zendesk sends them. */
export class RequestBuilder {
  private readonly sealed = new Map<number, string>();

  /** `POST /like`. */
  likes(hearts: readonly Heart[]): Buffer[] {
    return hearts.map(({ account, post }) =>
      this.build('/like', account, { media_id: toMediaId(account, post), liked: 'true' }),
    );
  }

  /** `POST /like/state` of one post. */
  states(hearts: readonly Heart[]): Buffer[] {
    return hearts.map(({ account, post }) =>
      this.build('/like/state', account, { media_id: toMediaId(account, post) }),
    );
  }

  /** `POST /like/state` of a post and its comments, as the app asks for a page of comments. */
  manyStates(hearts: readonly Heart[]): Buffer[] {
    return hearts.map(({ account, post }) => {
      const mediaId = toMediaId(account, post);
      const comments = Array.from({ length: TARGETS - 1 }, (_, index) => ({
        comment_id: `${mediaId}${String(index)}`,
      }));
      return this.build('/like/state', account, { targets: [{ media_id: mediaId }, ...comments] });
    });
  }

  /** `POST /media`. */
  media(hearts: readonly Heart[]): Buffer[] {
    return hearts.map(({ account, post }) =>
      this.build('/media', account, { media_id: toMediaId(account, post) }),
    );
  }

  private build(path: string, account: number, clientData: object): Buffer {
    const body = new URLSearchParams({
      instance_metadata: this.seal(account),
      client_data: JSON.stringify(clientData),
    }).toString();
    const head = [
      `POST ${path} HTTP/1.1`,
      'host: channel.example',
      'user-agent: Zendesk',
      'accept: application/json',
      'content-type: application/x-www-form-urlencoded',
      `content-length: ${String(body.length)}`,
    ];
    return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
  }

  private seal(account: number): string {
    const known = this.sealed.get(account);
    if (known !== undefined) return known;
    const sealed = sealAccount(account);
    this.sealed.set(account, sealed);
    return sealed;
  }
}
