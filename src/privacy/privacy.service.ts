import { Inject, Injectable } from '@nestjs/common';
import { ProblemError } from '../common/http/problem.js';
import { EventLog } from '../common/logging/event-log.js';
import { Configuration } from '../config/index.js';
import { MetaUsers } from '../ledger/meta-users.js';
import type { DeletionAnswer, SignedRequest } from './signed-request.dto.js';
import { userIdOf } from './signed-request.js';

/** What Meta asks of every app: to hear when a person takes its access away, and to forget a person. Both may come twice. */
@Injectable()
export class PrivacyService {
  constructor(
    @Inject(MetaUsers) private readonly people: MetaUsers,
    @Inject(Configuration)
    private readonly configuration: Pick<Configuration, 'metaAppSecret' | 'publicUrl'>,
    @Inject(EventLog) private readonly log: EventLog,
  ) {}

  /** @throws {ProblemError} 400 where Meta did not sign it, 503 where no app secret is set. */
  async deauthorize(request: SignedRequest): Promise<void> {
    const accounts = await this.people.revoked(this.personIn(request));
    this.log.info('privacy.deauthorized', { accounts });
  }

  /**
   * Deletes at once, so that the answer is true when it is given.
   *
   * @throws {ProblemError} as `deauthorize`.
   */
  async delete(request: SignedRequest): Promise<DeletionAnswer> {
    const { code, accounts } = await this.people.forget(this.personIn(request));
    this.log.info('privacy.deleted', { accounts });
    return {
      url: `${this.configuration.publicUrl}/privacy/data-deletion/${code}`,
      confirmation_code: code,
    };
  }

  private personIn({ signed_request: signedRequest }: SignedRequest): string {
    const { metaAppSecret } = this.configuration;
    if (metaAppSecret === undefined) {
      this.log.error('privacy.no_app_secret');
      throw new ProblemError(
        503,
        'META_APP_SECRET is not set, so that nothing of Meta’s can be checked.',
      );
    }
    const userId = userIdOf(signedRequest, metaAppSecret);
    if (userId !== undefined) return userId;
    throw new ProblemError(400, 'The signed_request is not one that Meta signed for this app.');
  }
}
