import type { InstagramWorld, Post, WorldComment } from './instagram-world.js';
import { toHeart } from './instagram-world.js';

export interface GraphQuestion {
  readonly method: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The token names the account that acts. */
  readonly account: string;
}

export interface GraphReply {
  readonly status: number;
  readonly json: unknown;
}

/** Answers requests of the Graph API from Instagram's data. It uses no type of src. */
export class GraphServer {
  constructor(
    private readonly world: InstagramWorld,
    private readonly accounts: ReadonlyMap<string, string>,
    /** The most entries of a page. Short pages make many cursors. */
    private readonly pageSize: number,
  ) {}

  answer({ method, path, parameters }: GraphQuestion): GraphReply {
    const [, id = '', edge] = path.split('/');
    if (edge === 'likes') return this.like(id, method === 'POST', parameters);
    if (method === 'POST') return this.reply(id, edge, parameters);
    if (edge === 'media') return this.listPosts(id, parameters);
    if (edge === 'comments' || edge === 'replies') return this.listComments(id, edge, parameters);
    return this.read(id);
  }

  private like(
    account: string,
    liked: boolean,
    parameters: GraphQuestion['parameters'],
  ): GraphReply {
    const { media_id: media, comment_id: comment } = parameters;
    const id = String(media ?? comment);
    const isThere = this.findPost(id) !== undefined || this.world.comments.has(id);
    if (!isThere) return missing();
    this.world.setLike(toHeart(account, media === undefined ? 'comment' : 'media', id), liked);
    return found({ success: true });
  }

  private reply(
    id: string,
    edge: string | undefined,
    { message }: GraphQuestion['parameters'],
  ): GraphReply {
    const parent = this.world.comments.get(id);
    const post = this.findPost(parent?.mediaId ?? id);
    if (post === undefined || (edge === 'replies' && parent === undefined)) return missing();
    const parentId = parent === undefined ? undefined : (parent.parentId ?? parent.id);
    const place = { mediaId: post.id, parentId };
    return found({ id: this.world.write(place, post.owner, String(message)).id });
  }

  private listPosts(account: string, parameters: GraphQuestion['parameters']): GraphReply {
    const own = this.world.posts.filter(({ owner }) => owner === account);
    return found(this.page(own, parameters, (post) => this.showPost(post)));
  }

  private listComments(
    id: string,
    edge: string,
    parameters: GraphQuestion['parameters'],
  ): GraphReply {
    const visible = this.world.visible();
    if (edge === 'replies') {
      if (!this.world.comments.has(id)) return missing();
      const replies = visible.filter(({ parentId }) => parentId === id);
      return found(this.page(replies, parameters, (reply) => this.showComment(reply)));
    }
    if (this.findPost(id) === undefined) return missing();
    const tops = visible.filter((each) => each.mediaId === id && each.parentId === undefined);
    return found(
      this.page(tops, parameters, (top) => {
        const replies = visible.filter(({ parentId }) => parentId === top.id);
        const shown = this.page(replies, {}, (reply) => this.showComment(reply));
        return { ...this.showComment(top), ...(replies.length > 0 ? { replies: shown } : {}) };
      }),
    );
  }

  private read(id: string): GraphReply {
    const username = this.accounts.get(id);
    if (username !== undefined) return found({ id, username });
    const post = this.findPost(id);
    if (post !== undefined) return found(this.showPost(post));
    const comment = this.world.comments.get(id);
    if (comment === undefined) return missing();
    const owner = this.findPost(comment.mediaId)?.owner;
    return found({
      ...this.showComment(comment),
      media: { id: comment.mediaId, owner: { id: owner } },
    });
  }

  private findPost(id: string): Post | undefined {
    return this.world.posts.find((post) => post.id === id);
  }

  private showPost({ id, createdAt }: Post): object {
    return {
      id,
      caption: 'A photo',
      media_type: 'IMAGE',
      permalink: `https://www.instagram.com/p/${id}/`,
      timestamp: toMetaTime(createdAt),
      comments_count: this.world.visible().filter(({ mediaId }) => mediaId === id).length,
      is_comment_enabled: true,
    };
  }

  private showComment({ id, text, createdAt, authorId, parentId }: WorldComment): object {
    const username = this.accounts.get(authorId) ?? `user${authorId}`;
    return {
      id,
      text,
      timestamp: toMetaTime(createdAt),
      from: { id: authorId, username },
      username,
      ...(parentId === undefined ? {} : { parent_id: parentId }),
    };
  }

  /** A page, newest first. A cursor outlives deletions. */
  private page<T extends { readonly id: string; readonly createdAt: number }>(
    all: readonly T[],
    { limit, after }: GraphQuestion['parameters'],
    show: (entry: T) => object,
  ): object {
    const sorted = [...all].sort(
      (a, b) => b.createdAt - a.createdAt || (BigInt(b.id) > BigInt(a.id) ? 1 : -1),
    );
    const [time = '', id = ''] = typeof after === 'string' ? after.split('_') : [];
    const rest = sorted.filter(
      (each) =>
        after === undefined ||
        each.createdAt < Number(time) ||
        (each.createdAt === Number(time) && BigInt(each.id) < BigInt(id)),
    );
    const items = rest.slice(0, Math.min(this.pageSize, Number(limit ?? this.pageSize)));
    const last = items.at(-1);
    if (last === undefined || rest.length === items.length) return { data: items.map(show) };
    const cursor = `${String(last.createdAt)}_${last.id}`;
    return {
      data: items.map(show),
      paging: { cursors: { after: cursor }, next: `https://graph.example/?after=${cursor}` },
    };
  }
}

function toMetaTime(time: number): string {
  return new Date(time).toISOString().replace('.000Z', '+0000');
}

function found(json: object): GraphReply {
  return { status: 200, json };
}

function missing(): GraphReply {
  return { status: 400, json: { error: { code: 100, error_subcode: 33, message: 'Not there' } } };
}
