import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { Deadline } from '../common/deadline.js';
import { RECONNECT, TRY_AGAIN } from '../common/errors/fixes.js';
import { LIKE_SCOPE, type LikeTarget } from '../common/like-target.js';
import type { Secret } from '../common/secret.js';
import { Configuration } from '../config/index.js';
import { readWriteAnswer } from './graph-answer.js';
import { mapGraphError } from './graph-error.mapper.js';
import { GraphTransport } from './graph-transport.js';
import { InstagramError, LOG_IN_ENDED } from './instagram-error.js';
import { retryAfterSeconds } from './usage-headers.js';

/** Who acts on Instagram. */
export interface InstagramActor {
  readonly igUserId: string;
  readonly dialect: 'facebook_login' | 'instagram_login';
  readonly userToken: Secret;
  readonly scopes: ReadonlySet<string>;
  /** Milliseconds since 1970; undefined where the token has no end. */
  readonly expiresAt: number | undefined;
}

/** Acts on Instagram through Meta's Graph API, as one account at a time. */
@Injectable()
export class InstagramClient {
  constructor(
    @Inject(GraphTransport) private readonly transport: GraphTransport,
    @Inject(Configuration) private readonly configuration: Pick<Configuration, 'metaAppSecret'>,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Refuses what is known to fail without asking Instagram, so that nothing of it is sent or written down.
   *
   * @throws {InstagramError} `like_requires_facebook_login`, `auth_expired`, `permission_missing`.
   */
  assertCanLike(actor: InstagramActor): void {
    if (actor.dialect !== 'facebook_login') {
      throw new InstagramError(
        'like_requires_facebook_login',
        'The account is connected with Instagram Login, which has no likes.',
        {
          effect: 'none',
          fix: 'Ask an administrator to reconnect the Instagram account with Facebook Login.',
        },
      );
    }
    if (actor.expiresAt !== undefined && actor.expiresAt <= this.clock.now()) {
      throw new InstagramError('auth_expired', LOG_IN_ENDED, {
        effect: 'none',
        fix: RECONNECT,
        level: 'warn',
      });
    }
    if (!actor.scopes.has(LIKE_SCOPE)) {
      throw new InstagramError(
        'permission_missing',
        'The account was connected without the permission for likes.',
        {
          effect: 'none',
          fix: `Ask an administrator to reconnect the Instagram account and grant ${LIKE_SCOPE}.`,
          level: 'warn',
        },
      );
    }
  }

  /**
   * Likes a photo or comment as the account, or takes the like back. Repeating either has no effect at Instagram and is
   * no error there. `POST|DELETE /{ig-user-id}/likes` (Instagram Platform, "User Likes").
   *
   * @throws {InstagramError} any code but `invalid_request`, `metadata_invalid` and `internal`. Its `effect` says whether
   *   the like may have been set all the same.
   */
  async setLike(
    actor: InstagramActor,
    target: LikeTarget,
    liked: boolean,
    deadline: Deadline,
  ): Promise<void> {
    const parameters = { [`${target.kind}_id`]: target.id, ...this.proof(actor.userToken) };
    const answer = await this.transport.send({
      method: liked ? 'POST' : 'DELETE',
      path: `/${actor.igUserId}/likes`,
      ...(liked ? { body: parameters } : { query: parameters }),
      token: actor.userToken,
      deadline,
    });
    const read = readWriteAnswer(answer.status, answer.text);
    switch (read.kind) {
      case 'success':
        return;
      case 'error':
        throw mapGraphError(read.error, {
          status: answer.status,
          retryAfterSeconds: retryAfterSeconds(answer),
        });
      case 'unusable':
        throw new InstagramError(
          'platform_unavailable',
          'Instagram gave an answer that does not say whether it worked.',
          {
            effect: 'unknown',
            fix: TRY_AGAIN,
            level: 'warn',
            log: { graph_status: answer.status },
          },
        );
    }
  }

  /** Proof that a call comes from the app's own server (Graph API, "Secure requests"). */
  private proof(token: Secret): { appsecret_proof?: string } {
    const secret = this.configuration.metaAppSecret;
    if (secret === undefined) return {};
    return {
      appsecret_proof: createHmac('sha256', secret.reveal()).update(token.reveal()).digest('hex'),
    };
  }
}
