import type { VirtualTime } from './virtual-time.js';

export interface Post {
  readonly id: string;
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export interface WorldComment {
  readonly id: string;
  readonly mediaId: string;
  readonly parentId: string | undefined;
  readonly authorId: string;
  text: string;
  /** Whole seconds, as the Graph API reports them, in milliseconds since 1970. */
  readonly createdAt: number;
  /** The virtual time from which on Instagram shows it. */
  readonly visibleFrom: number;
}

/** One change of a like. */
export interface LikeChange {
  readonly liked: boolean;
  /** Virtual time. */
  readonly at: number;
}

/** Instagram's data: posts, comments, likes, and how the likes changed. */
export class InstagramWorld {
  readonly posts: Post[] = [];
  readonly comments = new Map<string, WorldComment>();
  private readonly likes = new Map<string, LikeChange[]>();
  private lastId = 17_000_000_000_000_000n;

  constructor(private readonly time: VirtualTime) {}

  newId(): string {
    this.lastId += 1n;
    return String(this.lastId);
  }

  addPost(owner: string, ageMs: number): Post {
    const post = { id: this.newId(), owner, createdAt: this.seconds(this.time.now - ageMs) };
    this.posts.push(post);
    return post;
  }

  write(
    place: { readonly mediaId: string; readonly parentId: string | undefined },
    authorId: string,
    text: string,
    { lateMs = 0, ageMs = 0 } = {},
  ): WorldComment {
    const comment: WorldComment = {
      id: this.newId(),
      ...place,
      authorId,
      text,
      createdAt: this.seconds(this.time.now - ageMs),
      visibleFrom: this.time.elapsedMs + lateMs,
    };
    this.comments.set(comment.id, comment);
    return comment;
  }

  /** Deletes a comment and the replies to it. */
  remove({ id }: WorldComment): void {
    this.comments.delete(id);
    for (const { id: reply, parentId } of [...this.comments.values()]) {
      if (parentId === id) this.comments.delete(reply);
    }
  }

  visible(): WorldComment[] {
    const { elapsedMs } = this.time;
    return [...this.comments.values()].filter(({ visibleFrom }) => visibleFrom <= elapsedMs);
  }

  setLike(heart: string, liked: boolean): void {
    const changes = this.likes.get(heart) ?? [];
    changes.push({ liked, at: this.time.elapsedMs });
    this.likes.set(heart, changes);
  }

  isLiked(heart: string): boolean {
    return this.likes.get(heart)?.at(-1)?.liked ?? false;
  }

  /** Whether the like had a value at some moment of an interval. Virtual times. */
  hadLike(heart: string, liked: boolean, from: number, until: number): boolean {
    const changes = this.likes.get(heart) ?? [];
    const before = changes.filter(({ at }) => at <= from).at(-1)?.liked ?? false;
    if (before === liked) return true;
    return changes.some(
      (change) => change.liked === liked && change.at > from && change.at <= until,
    );
  }

  private seconds(time: number): number {
    return Math.floor(time / 1000) * 1000;
  }
}

/** The name of an account's like in the world. */
export function toHeart(account: string, kind: string, id: string): string {
  return `${account}/${kind}/${id}`;
}
