import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { ProblemError } from '../common/http/problem.js';
import { EventLog } from '../common/logging/event-log.js';
import { Configuration } from '../config/index.js';
import { MetaUsers } from '../ledger/meta-users.js';
import type { DeletionAnswer, SignedRequest } from './signed-request.dto.js';
import { type PersonRequest, readSignedRequest } from './signed-request.js';

/** What Meta asks of every app: to hear when a person takes its access away, and to forget a person. Both may come twice. */
@Injectable()
export class PrivacyService {
  constructor(
    private readonly metaUsers: MetaUsers,
    @Inject(Configuration)
    private readonly configuration: Pick<Configuration, 'metaAppSecret' | 'publicUrl'>,
    private readonly clock: Clock,
    private readonly log: EventLog,
  ) {}

  /** @throws {ProblemError} 400 where Meta did not sign it, 503 where no app secret is set. */
  async deauthorize(request: SignedRequest): Promise<void> {
    const { userId } = this.read(request);
    const accounts = await this.metaUsers.revoked(userId);
    this.log.info('privacy.deauthorized', { accounts });
  }

  /**
   * Deletes at once, so that the answer is true when it is given.
   *
   * @throws {ProblemError} as `deauthorize`.
   */
  async delete(request: SignedRequest): Promise<DeletionAnswer> {
    const { userId, code } = this.read(request);
    const done = await this.metaUsers.forget(userId, code);
    if (done !== undefined) {
      this.log.info('privacy.deleted', { accounts: done.accounts, shared: done.shared });
    }
    return {
      url: `${this.configuration.publicUrl}/privacy/data-deletion/${code}`,
      confirmation_code: code,
    };
  }

  private read({ signed_request: signedRequest }: SignedRequest): PersonRequest {
    const { metaAppSecret } = this.configuration;
    if (metaAppSecret === undefined) {
      this.log.error('privacy.no_app_secret');
      throw new ProblemError(
        503,
        'META_APP_SECRET is not set, so that nothing of Meta’s can be checked.',
      );
    }
    const person = readSignedRequest(signedRequest, metaAppSecret, this.clock.now());
    if (person !== undefined) return person;
    throw new ProblemError(
      400,
      'The signed_request is not one that Meta signed for this app within the last day.',
    );
  }
}
