import { Inject, Injectable } from '@nestjs/common';
import type { NoteFields } from '../common/http/note.decorator.js';
import { Clock } from '../common/clock.js';
import { Deadline } from '../common/deadline.js';
import { ServiceError } from '../common/errors/service-error.js';
import type { RequestNotes } from '../common/logging/events.js';
import { isoTime } from '../common/iso-time.js';
import { EventLog } from '../common/logging/event-log.js';
import { Configuration } from '../config/index.js';
import type { Account } from '../domain/account.js';
import { CredentialsService } from '../credentials/credentials.service.js';
import { InstagramClient } from '../instagram/instagram-client.js';
import { needsReconnection } from '../domain/error-codes.js';
import { InstagramError } from '../instagram/instagram-error.js';
import { ConnectedAccounts, type PullOutcome } from '../ledger/accounts/connected-accounts.js';
import { LedgerLine } from '../ledger/line/ledger-line.js';
import { Permalinks } from '../ledger/tickets/permalinks.js';
import { type Authorship, CommentAuthors } from '../ledger/deletion/comment-authors.js';
import { parseExternalId } from '../domain/external-id.js';
import type { ExternalResource } from '../zendesk/external-resource.js';
import { IntegrationManifest } from '../zendesk/integration-manifest.js';
import type { PullAnswer } from './pull-answer.dto.js';
import { PullMemory } from './pull-memory.js';
import type { PullRequest } from './pull-request.dto.js';
import { firstState, type PullState, randomName, readState, writeState } from './pull-state.js';
import { ResourceMapper } from './resource-mapper.js';
import { SharedPullMemory } from './shared-pull-memory.js';
import { Sweep, type SweepOutcome } from './sweep.js';

/** How early an admin is notified that the login ends: a week, and a few days to notice. */
const WARNING_MS = 10 * 86_400_000;

/** The share of a pull's budget for calls to Instagram. The rest is for the database and answer. */
const GATHERING_SHARE = 0.9;

/** Hands new comments of an account to Zendesk. */
@Injectable()
export class PullService {
  constructor(
    private readonly credentials: CredentialsService,
    private readonly instagram: InstagramClient,
    private readonly directory: Permalinks,
    private readonly authors: CommentAuthors,
    private readonly accounts: ConnectedAccounts,
    private readonly memory: PullMemory,
    private readonly sharedMemory: SharedPullMemory,
    private readonly integration: IntegrationManifest,
    @Inject(Configuration) private readonly configuration: Pick<Configuration, 'pullBudgetMs'>,
    private readonly clock: Clock,
    private readonly log: EventLog,
    private readonly line: LedgerLine,
  ) {}

  /**
   * @param note adds fields to the request's line in the log.
   * @throws {ServiceError} `metadata_invalid`; or an `InstagramError` that may be temporary, if
   *   nothing was gathered yet.
   */
  async pull(request: PullRequest, note: NoteFields): Promise<PullAnswer> {
    const account = await this.credentials.open(request.metadata);
    const { igUserId, subdomain } = account;
    note({ account: igUserId, subdomain, ...this.describeSeal(request.metadata) });
    try {
      const answer = await this.gather(account, request, note);
      const hidesComments = this.memory.hidesComments(account);
      await this.noteOutcome(account, hidesComments ? 'comments_hidden' : 'ok');
      return answer;
    } catch (error) {
      if (error instanceof ServiceError) await this.noteOutcome(account, error.code);
      if (!(error instanceof InstagramError) || !isForAdmin(error)) throw error;
      // Success: an error might make Zendesk deactivate the account, and only an admin can fix it.
      note({ outcome: error.code, ...error.log });
      return {
        external_resources: [],
        metadata_needs_update: true,
        ...(await this.reseal(request, note)),
      };
    }
  }

  /** The key and time of the seal, for the log. `npm run metadata -- keys` reads them. */
  private describeSeal(metadata: string): RequestNotes {
    const sealedAt = this.credentials.readSealTime(metadata);
    return {
      key: this.credentials.readKeyId(metadata),
      sealed_at: sealedAt === undefined ? undefined : isoTime(sealedAt),
    };
  }

  /** A new seal of the account for Zendesk to keep, if the seal that it sent is old. */
  private async reseal(request: PullRequest, note: NoteFields): Promise<{ metadata?: string }> {
    const metadata = await this.credentials.reseal(request.metadata);
    if (metadata === undefined) return {};
    note({ renewed: true });
    return { metadata };
  }

  /** Records the outcome for the dashboard. A failure here must not fail the pull. */
  private async noteOutcome(account: Account, outcome: PullOutcome): Promise<void> {
    this.log.debug('account.pulled', {
      account: account.igUserId,
      outcome,
      login_ends: toSeconds(findLoginEnd(account)),
    });
    try {
      await this.accounts.notePull(account, outcome);
    } catch (error) {
      this.log.unexpected('ledger.write_failed', error);
    }
  }

  private async gather(
    account: Account,
    request: PullRequest,
    note: NoteFields,
  ): Promise<PullAnswer> {
    this.instagram.assertCan('comment', account);
    const { igUserId } = account;
    const now = this.clock.now();
    const state = readState(request.state ?? '', igUserId, now) ?? firstState(account, now);
    await this.line.noteArrival(igUserId, state.line);
    // A slow database takes its time from the calls to Instagram.
    const deadline = Deadline.fromArrival(this.gatheringMs);
    const saveFailures = await this.sharedMemory.begin(state);

    const permalinks = new Map<string, string>();
    const time = { now, deadline };
    const outcome = await this.sweep(account, state, time, permalinks).finally(saveFailures);
    const { resources, failure, obstacle } = outcome;
    this.memory.noteHiding(account, outcome.hidesComments);

    await this.directory.remember(igUserId, permalinks);
    await this.authors.remember(igUserId, listAuthorships(resources));
    const answer = randomName();
    const externalIds = resources.map(({ external_id: externalId }) => externalId);
    await this.sharedMemory.noteAnswer({ ...state, answer }, externalIds);
    note({ outcome: 'ok', resources: resources.length, ended_by: failure ?? null });
    const needsAdmin =
      endsSoon(account, now) || (obstacle !== undefined && needsReconnection(obstacle));
    const line = await this.line.raise(igUserId, state.line);
    return {
      external_resources: resources,
      state: writeState({ ...outcome.state, answer, line }),
      ...(needsAdmin ? { metadata_needs_update: true } : {}),
      ...(await this.reseal(request, note)),
    };
  }

  /** The time of one pull for its calls to Instagram. */
  private get gatheringMs(): number {
    return Math.floor(this.configuration.pullBudgetMs * GATHERING_SHARE);
  }

  /** @param permalinks gets the address of each post. */
  private async sweep(
    account: Account,
    state: PullState,
    { now, deadline }: Readonly<{ now: number; deadline: Deadline }>,
    permalinks: Map<string, string>,
  ): Promise<SweepOutcome> {
    const instagram = this.instagram.as(account, deadline, 'pull');
    const reported = await instagram.knownAccount();
    const sweep = new Sweep(state, {
      account,
      instagram,
      memory: this.memory,
      mapper: new ResourceMapper(account, this.integration.manifest.id, reported),
      deadline,
      budgetMs: this.gatheringMs,
      now,
      onMedia: ({ id, permalink }) => {
        if (permalink !== undefined) permalinks.set(id, permalink);
      },
      onLeftOut: ({ id }, code) => {
        this.log.warn('pull.post_left_out', { account: account.igUserId, media: id, code });
      },
    });
    return sweep.run();
  }
}

function endsSoon(account: Account, now: number): boolean {
  const endsAt = findLoginEnd(account);
  return endsAt !== undefined && endsAt - now < WARNING_MS;
}

/** When the login of the account ends, Unix time in ms; undefined if it does not. */
function findLoginEnd({ expiresAt, dataAccessExpiresAt }: Account): number | undefined {
  const ends = [expiresAt, dataAccessExpiresAt].filter((endsAt) => endsAt !== undefined);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function toSeconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.floor(milliseconds / 1000);
}

/** Whether only an admin can fix it: the login has ended, or it does not reach the account. */
function isForAdmin(error: InstagramError): boolean {
  return needsReconnection(error.code) || error.code === 'target_unavailable';
}

function listAuthorships(resources: readonly ExternalResource[]): Authorship[] {
  return resources.flatMap(({ external_id: externalId, author }) => {
    const resource = parseExternalId(externalId);
    if (resource?.kind !== 'comment') return [];
    const { mediaId, commentId } = resource;
    return [{ commentId, mediaId, authorId: author.external_id }];
  });
}
