import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { ProblemError } from '../common/http/problem.js';
import { EventLog } from '../common/logging/event-log.js';
import { Configuration } from '../config/index.js';
import { ConnectedAccounts } from '../ledger/accounts/connected-accounts.js';
import { MetaUsers } from '../ledger/accounts/meta-users.js';
import { UserDeletionService } from '../ledger/deletion/user-deletion.service.js';
import type { DeletionAnswer, SignedRequest } from './signed-request.dto.js';
import { type PersonRequest, readSignedRequest } from './signed-request.js';

/**
 * Handles the two callbacks that Meta requires of every app: a person revoked the app's access, and
 * a person requests the deletion of their data. Each may come twice.
 */
@Injectable()
export class PrivacyService {
  constructor(
    private readonly metaUsers: MetaUsers,
    private readonly accounts: ConnectedAccounts,
    private readonly users: UserDeletionService,
    @Inject(Configuration)
    private readonly configuration: Pick<Configuration, 'metaAppSecret' | 'publicUrl'>,
    private readonly clock: Clock,
    private readonly log: EventLog,
  ) {}

  /**
   * Marks the accounts that the person connected as revoked.
   *
   * @throws {ProblemError} 400 if Meta did not sign the request, 503 if no app secret is set.
   */
  async deauthorize(request: SignedRequest): Promise<void> {
    const { userId } = this.read(request);
    const accounts = await this.metaUsers.findAccounts(userId);
    await this.accounts.markRevoked(accounts);
    this.log.info('privacy.deauthorized', { accounts: accounts.length });
  }

  /**
   * Deletes the person's data before it answers.
   *
   * @throws {ProblemError} as `deauthorize`.
   */
  async delete(request: SignedRequest): Promise<DeletionAnswer> {
    const { userId, code } = this.read(request);
    const done = await this.users.delete(userId, code);
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
        'META_APP_SECRET is not set, so the signature cannot be checked.',
      );
    }
    const person = readSignedRequest(signedRequest, metaAppSecret, this.clock.now());
    if (person !== undefined) return person;
    throw new ProblemError(
      400,
      'Meta did not sign this signed_request for this app within the last day.',
    );
  }
}
