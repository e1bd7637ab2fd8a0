import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Deadline } from '../common/deadline.js';
import { type LogFields, ServiceError } from '../common/errors/service-error.js';
import { Budget } from '../common/http/budget.js';
import { Secret } from '../common/secret.js';
import { Configuration } from '../config/index.js';
import {
  ACCOUNT_VERSION,
  type AccountFields,
  BACKFILL_DAYS_MAX,
} from '../credentials/account.dto.js';
import { accountOf, BACKFILL_DAYS, THREADS_BY_DEFAULT } from '../credentials/account-of.js';
import { CredentialsService, SealingError } from '../credentials/credentials.service.js';
import { SealedNotes } from '../credentials/sealed-notes.js';
import { InstagramClient } from '../instagram/instagram-client.js';
import { InstagramError } from '../instagram/instagram-error.js';
import type { LinkedAccount } from '../instagram/linked-accounts.js';
import { MetaLogIn } from '../instagram/meta-log-in.js';
import type { TokenFacts } from '../instagram/token-facts.js';
import { ConnectedAccounts } from '../ledger/connected-accounts.js';
import { MetaUsers } from '../ledger/meta-users.js';
import { LOG_IN_MS, type LogInProgress, PendingLogIns } from '../ledger/pending-log-ins.js';
import type {
  AdminUiForm,
  ChoiceForm,
  ContinueForm,
  FinishForm,
  SetUpForm,
  TokenForm,
} from './admin-ui.dto.js';
import type { AdminPage } from './admin-page.js';
import {
  type CheckOutcome,
  ConnectionChecker,
  type KnownConnection,
} from './connection-checker.service.js';
import { LikeTrial, type TrialOutcome } from './like-trial.js';
import { type LogInNote, LogInWindow } from './log-in-window.service.js';
import { type Language, languageOf, Messages, type MessageKey } from './messages.js';
import { accountBody, type Settings } from './pages/account.page.js';
import { accountsBody } from './pages/accounts.page.js';
import { connectBody } from './pages/connect.page.js';
import { handOverBody } from './pages/hand-over.page.js';
import type { Notice } from './pages/parts.js';
import { faultOfReturnUrl } from './return-url.js';
import { type KeptSettings, newSetUpId, ownerOf, type SetUp, SetUps } from './set-up.js';
import { SetUpError } from './set-up-error.js';

/** How long Meta may take for all calls of one step, in milliseconds. An admin waits longer than an agent. */
const STEP_DEADLINE_MS = 20_000;
/** Scopes of one token that are kept; the account's own bound. */
const SCOPES_MAX = 50;
/** A brought token that ends sooner is exchanged for one of some 60 days, in milliseconds. */
const SHORT_LIVED_MS = 7 * 86_400_000;
/** Visible ASCII: a token travels in an HTTP header. */
const TOKEN = /^[\x21-\x7e]+$/;
/** Tokens brought by one network in `BUDGET_MS`: each costs calls to Meta. */
const TOKENS_MAX = 30;
const BUDGET_MS = LOG_IN_MS;

/** Adds fields to the request's line in the log. */
type Note = (fields: LogFields) => void;

/** The steps of the set-up. Each takes what a page sent and tells the next page. */
@Injectable()
export class SetUpService {
  private readonly tokenBudget = new Budget(TOKENS_MAX, BUDGET_MS);

  constructor(
    @Inject(SetUps) private readonly setUps: SetUps,
    @Inject(SealedNotes) private readonly notes: SealedNotes,
    @Inject(CredentialsService) private readonly credentials: CredentialsService,
    @Inject(MetaLogIn) private readonly meta: MetaLogIn,
    @Inject(InstagramClient) private readonly instagram: InstagramClient,
    @Inject(LogInWindow) private readonly window: LogInWindow,
    @Inject(ConnectionChecker) private readonly checker: ConnectionChecker,
    @Inject(LikeTrial) private readonly trial: LikeTrial,
    @Inject(PendingLogIns) private readonly logIns: PendingLogIns,
    @Inject(MetaUsers) private readonly people: MetaUsers,
    @Inject(ConnectedAccounts) private readonly accounts: ConnectedAccounts,
    @Inject(Configuration) private readonly configuration: Configuration,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Zendesk frames the page, to add an account or to edit one. */
  async begin(form: AdminUiForm, address: string): Promise<AdminPage> {
    const language = languageOf(form.locale);
    const { subdomain, return_url: returnUrl } = form;
    const fault = faultOfReturnUrl(returnUrl, subdomain, this.configuration.zendeskLoopbackOrigin);
    if (fault !== undefined) throw new SetUpError(`error.${fault}`, language);
    const setUp: SetUp = {
      id: newSetUpId(),
      begunAt: this.clock.now(),
      language,
      subdomain,
      returnUrl,
      name: form.name ?? '',
      state: form.state ?? '',
      editedId: undefined,
      kept: undefined,
      token: undefined,
      account: undefined,
      metaUserId: undefined,
    };
    const { metadata = '' } = form;
    // Zendesk's samples send the word for nothing.
    if (metadata === '' || metadata === 'null') return this.connectPage(setUp);
    const account = await this.openMetadata(metadata);
    if (account === undefined) return this.connectPage(setUp, error('notice.unreadable', language));
    const edited = { ...setUp, editedId: account.ig_user_id };
    // The Zendesk was renamed, or somebody else's sends a copy: so the tokens stay out of it.
    if (account.subdomain !== undefined && account.subdomain !== subdomain) {
      return this.connectPage(
        { ...edited, kept: settingsToKeep(account) },
        {
          kind: 'info',
          text: sentence(language, 'notice.other_zendesk'),
        },
      );
    }
    const outcome = await this.checker.checkWithinBudget(accountOf(account), address);
    return this.accountPage({ ...edited, account }, { outcome });
  }

  /** The login's window opens. */
  async beginLogIn(form: SetUpForm, address: string): Promise<AdminPage> {
    return this.window.begin(await this.open(form), address);
  }

  /** How far the page's log-in is, for the page to go on by itself. */
  async progress(form: SetUpForm): Promise<LogInProgress> {
    const setUp = await this.setUps.open(form.set_up);
    return setUp === undefined ? 'gone' : this.logIns.progress(ownerOf(setUp));
  }

  /** The page goes on after the log-in: with the code that the log-in's window shows, which proves that both are one person's. */
  async continueLogIn(form: ContinueForm, note: Note): Promise<AdminPage> {
    const setUp = await this.open(form);
    const { language } = setUp;
    const confirmation = (form.confirmation ?? '').toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
    if (confirmation === '') {
      const progress = await this.logIns.progress(ownerOf(setUp));
      return this.startPage(setUp, error(NOTICE_OF_PROGRESS[progress], language));
    }
    const taken = await this.logIns.take(ownerOf(setUp), confirmation);
    if ('failure' in taken) {
      return this.startPage(setUp, error(NOTICE_OF_FAILURE[taken.failure], language));
    }
    const opened = await this.notes.open<LogInNote>('ig-log-in+jwe', taken.sealedCode);
    // The key that sealed it was taken out since.
    if (opened === undefined) return this.startPage(setUp, error('notice.gone', language));
    const deadline = new Deadline(STEP_DEADLINE_MS);
    return this.orNotice(setUp, note, async () => {
      const code = new Secret(opened.code);
      const token = await this.meta.tokenOfCode(code, this.window.redirectUri, deadline);
      return this.showAccounts(setUp, token, await this.meta.inspect(token, deadline), deadline);
    });
  }

  /** An admin brings a token. */
  async useToken(form: TokenForm, address: string, note: Note): Promise<AdminPage> {
    const setUp = await this.open(form);
    const { language } = setUp;
    const text = form.token.trim();
    if (!TOKEN.test(text)) return this.startPage(setUp, error('notice.bad_token', language));
    if (!this.tokenBudget.spend(address, this.clock.now())) {
      return this.startPage(setUp, error('notice.too_many_tokens', language));
    }
    const deadline = new Deadline(STEP_DEADLINE_MS);
    return this.orNotice(setUp, note, async () => {
      const brought = new Secret(text);
      const facts = await this.meta.inspectAny(brought, deadline);
      if (this.meta.appId !== undefined && (facts.appId ?? this.meta.appId) !== this.meta.appId) {
        return this.startPage(setUp, error('notice.other_app', language));
      }
      if (!facts.isValid) return this.startPage(setUp, error('notice.ended_token', language));
      const { token, facts: kept } = await this.lasting(brought, facts, deadline);
      return this.showAccounts(setUp, token, kept, deadline);
    });
  }

  /** The admin chooses one of several accounts. */
  async choose(form: ChoiceForm, note: Note): Promise<AdminPage> {
    const setUp = await this.open(form);
    const { token: text, language } = setUp;
    if (text === undefined) throw new SetUpError('error.expired', language);
    const token = new Secret(text);
    const deadline = new Deadline(STEP_DEADLINE_MS);
    return this.orNotice(setUp, note, async () => {
      const facts = await this.meta.inspect(token, deadline);
      const { accounts } = await this.meta.listAccounts(token, facts, deadline);
      const chosen = accounts.find(({ igUserId }) => igUserId === form.ig_user_id);
      return chosen === undefined
        ? this.accountsPage(setUp, accounts, error('notice.unknown_account', language))
        : this.accountPage(connected(setUp, token, facts, chosen, this.clock.now()), { facts });
    });
  }

  /** The admin wants to see a like. */
  async tryLike(form: SetUpForm, note: Note): Promise<AdminPage> {
    const setUp = await this.open(form);
    const { account: fields, language } = setUp;
    if (fields === undefined) throw new SetUpError('error.expired', language);
    const account = accountOf(fields);
    note({ account: account.igUserId });
    return this.orNotice(setUp, note, async () => {
      this.instagram.assertCanLike(account);
      const outcome = await this.trial.run(account, new Deadline(STEP_DEADLINE_MS));
      note({ outcome: outcome.kind, ...('code' in outcome ? { refusal: outcome.code } : {}) });
      return this.accountPage(setUp, {
        notice: noticeOfTrial(outcome, new Messages(language)),
        like: 'code' in outcome ? outcome.code : undefined,
      });
    });
  }

  /** The account is sealed and handed to Zendesk. */
  async finish(form: FinishForm, note: Note): Promise<AdminPage> {
    const setUp = await this.open(form);
    const { account, language, subdomain, returnUrl, metaUserId, editedId } = setUp;
    if (account === undefined) throw new SetUpError('error.expired', language);
    const settings = settingsOf(form);
    const { name, threads, backfillDays, faults } = settings;
    if (faults.name === true || faults.backfillDays === true) {
      return this.accountPage(setUp, { settings });
    }
    const metadata = await this.sealed({
      ...account,
      threads,
      backfill_days: backfillDays === '' ? BACKFILL_DAYS : Number(backfillDays),
      subdomain,
    });
    if (metadata === undefined) {
      note({ account: account.ig_user_id, outcome: 'too_long' });
      return this.accountPage(setUp, { settings, notice: error('notice.too_long', language) });
    }
    if (metaUserId !== undefined) await this.people.connected(metaUserId, account.ig_user_id);
    await this.noteRename(setUp, account.ig_user_id);
    note({ account: account.ig_user_id, outcome: 'handed_over' });
    // How far one account was read is nothing to another one.
    const isSame = editedId === undefined || editedId === account.ig_user_id;
    const say = new Messages(language);
    return {
      place: 'frame',
      language,
      title: say.say('hand_over.title'),
      body: handOverBody(say, { returnUrl, name, metadata, state: isSame ? setUp.state : '' }),
      subdomain,
      leadsTo: new URL(returnUrl).origin,
    };
  }

  /** A login for the same account proves that its Zendesk has the new name; its old tickets stay known. */
  private async noteRename({ kept, subdomain }: SetUp, igUserId: string): Promise<void> {
    if (kept?.ig_user_id !== igUserId) return;
    await this.accounts.noteName({ igUserId, subdomain: kept.subdomain }, subdomain);
  }

  private async open(form: SetUpForm): Promise<SetUp> {
    const setUp = await this.setUps.open(form.set_up);
    if (setUp === undefined) throw new SetUpError('error.expired', undefined);
    return setUp;
  }

  /** Undefined where Zendesk would not keep it: Meta promises no length for its tokens. */
  private async sealed(account: AccountFields): Promise<string | undefined> {
    try {
      return await this.credentials.seal(account);
    } catch (failure) {
      if (failure instanceof SealingError) return undefined;
      throw failure;
    }
  }

  private async openMetadata(metadata: string): Promise<AccountFields | undefined> {
    try {
      return await this.credentials.openFields(metadata);
    } catch (failure) {
      if (failure instanceof ServiceError) return undefined;
      throw failure;
    }
  }

  /** What Meta refuses is told on the page from which the admin can try again. */
  private async orNotice(
    setUp: SetUp,
    note: Note,
    step: () => Promise<AdminPage>,
  ): Promise<AdminPage> {
    try {
      return await step();
    } catch (failure) {
      if (!(failure instanceof InstagramError)) throw failure;
      note({ outcome: failure.code, ...failure.log });
      const text = new Messages(setUp.language).failure(failure.code);
      return this.startPage(setUp, { kind: 'error', text });
    }
  }

  /** A token of some 60 days in place of one of hours, where this service's app can ask for it. */
  private async lasting(
    token: Secret,
    facts: TokenFacts,
    deadline: Deadline,
  ): Promise<{ token: Secret; facts: TokenFacts }> {
    const { type, appId } = facts;
    if (
      !isShortLived(facts, this.clock.now()) ||
      type !== 'USER' ||
      appId === undefined ||
      appId !== this.meta.appId
    ) {
      return { token, facts };
    }
    const longer = await this.meta.longLived(token, deadline);
    return { token: longer, facts: await this.meta.inspect(longer, deadline) };
  }

  private async showAccounts(
    setUp: SetUp,
    token: Secret,
    facts: TokenFacts,
    deadline: Deadline,
  ): Promise<AdminPage> {
    const { language } = setUp;
    const { accounts, hasMore } = await this.meta.listAccounts(token, facts, deadline);
    const [first, second] = accounts;
    if (first === undefined || facts.scopes.length === 0) {
      return this.startPage(
        setUp,
        error(hasMore ? 'notice.many_pages' : 'notice.no_account', language),
      );
    }
    const notice = hasMore
      ? ({ kind: 'info', text: sentence(language, 'notice.more_pages') } as const)
      : this.noticeOfTimes(facts, language);
    return second === undefined
      ? this.accountPage(connected(setUp, token, facts, first, this.clock.now()), { facts, notice })
      : this.accountsPage({ ...setUp, token: token.reveal() }, accounts, notice);
  }

  /** A token that ends soon although it was exchanged, or whose data access has ended. */
  private noticeOfTimes(facts: TokenFacts, language: Language): Notice | undefined {
    const { dataAccessExpiresAt = 0 } = facts;
    const now = this.clock.now();
    if (dataAccessExpiresAt !== 0 && dataAccessExpiresAt * 1000 <= now) {
      return { kind: 'warning', text: sentence(language, 'notice.data_access_ended') };
    }
    if (!isShortLived(facts, now)) return undefined;
    return { kind: 'warning', text: sentence(language, 'notice.short_token') };
  }

  /** Where the admin can log in again. */
  private startPage(setUp: SetUp, notice: Notice): Promise<AdminPage> {
    return setUp.account === undefined
      ? this.connectPage(setUp, notice)
      : this.accountPage(setUp, { notice });
  }

  private async connectPage(setUp: SetUp, notice?: Notice): Promise<AdminPage> {
    const say = new Messages(setUp.language);
    return this.framePage(
      setUp,
      'connect.title',
      connectBody(say, {
        sealed: await this.setUps.seal(setUp),
        canLogIn: this.meta.appId !== undefined,
        notice,
      }),
    );
  }

  private async accountsPage(
    setUp: SetUp,
    accounts: readonly LinkedAccount[],
    notice?: Notice,
  ): Promise<AdminPage> {
    const say = new Messages(setUp.language);
    const sealed = await this.setUps.seal(setUp);
    return this.framePage(setUp, 'accounts.title', accountsBody(say, { sealed, accounts, notice }));
  }

  private async accountPage(
    setUp: SetUp,
    known: KnownConnection & {
      readonly outcome?: CheckOutcome;
      readonly notice?: Notice | undefined;
      readonly settings?: Settings;
    } = {},
  ): Promise<AdminPage> {
    const { account } = setUp;
    if (account === undefined) throw new SetUpError('error.expired', setUp.language);
    const say = new Messages(setUp.language);
    const outcome = known.outcome ?? (await this.checker.check(accountOf(account), known));
    const current = 'facts' in outcome ? refreshed(setUp, account, outcome.facts) : setUp;
    return this.framePage(
      setUp,
      'account.title',
      accountBody(say, {
        sealed: await this.setUps.seal(current),
        account: current.account ?? account,
        subdomain: setUp.subdomain,
        check: 'check' in outcome ? outcome.check : undefined,
        notChecked: 'notChecked' in outcome ? say.notChecked(outcome.notChecked) : undefined,
        canLogIn: this.meta.appId !== undefined,
        settings: known.settings ?? {
          name: setUp.name === '' ? `@${account.username}` : setUp.name,
          threads: account.threads ?? THREADS_BY_DEFAULT,
          backfillDays: String(account.backfill_days ?? BACKFILL_DAYS),
          faults: {},
        },
        notice: known.notice ?? (await this.noticeOfTwice(setUp, account)),
      }),
      { username: account.username },
    );
  }

  /** A second account of the same Instagram account would get no tickets: Zendesk passes over what it has. */
  private async noticeOfTwice(
    { editedId, subdomain, language }: SetUp,
    { ig_user_id: igUserId }: AccountFields,
  ): Promise<Notice | undefined> {
    if (editedId === igUserId) return undefined;
    return (await this.accounts.isActive({ igUserId, subdomain }))
      ? { kind: 'warning', text: new Messages(language).say('account.twice') }
      : undefined;
  }

  private framePage(
    { language, subdomain }: SetUp,
    title: MessageKey,
    body: AdminPage['body'],
    values: Readonly<Record<string, string>> = {},
  ): AdminPage {
    return {
      place: 'frame',
      language,
      title: new Messages(language).say(title, values),
      body,
      subdomain,
    };
  }
}

const NOTICE_OF_PROGRESS: Readonly<Record<LogInProgress, MessageKey>> = {
  open: 'notice.not_yet',
  returned: 'notice.code_missing',
  refused: 'notice.refused',
  gone: 'notice.gone',
};
const NOTICE_OF_FAILURE = {
  wrong_confirmation: 'notice.wrong_code',
  gone: 'notice.gone',
} as const satisfies Record<string, MessageKey>;

function error(key: MessageKey, language: Language): Notice {
  return { kind: 'error', text: sentence(language, key) };
}

function sentence(language: Language, key: MessageKey): string {
  return new Messages(language).say(key);
}

/** The set-up with an account of its log-in. What was chosen for the account before stays. */
function connected(
  setUp: SetUp,
  token: Secret,
  facts: TokenFacts,
  { igUserId, username, pageId, pageToken }: LinkedAccount,
  now: number,
): SetUp {
  const earlier: Partial<KeptSettings> = setUp.account ?? setUp.kept ?? {};
  const { threads, backfill_days: backfillDays } = earlier;
  const connectedAt = earlier.ig_user_id === igUserId ? earlier.connected_at : undefined;
  return {
    ...setUp,
    token: undefined,
    account: {
      v: ACCOUNT_VERSION,
      dialect: 'facebook_login',
      ig_user_id: igUserId,
      username,
      page_id: pageId,
      user_token: token.reveal(),
      ...(pageToken === undefined ? {} : { page_token: pageToken.reveal() }),
      scopes: facts.scopes.slice(0, SCOPES_MAX),
      ...timesOf(facts),
      connected_at: connectedAt ?? Math.floor(now / 1000),
      ...(threads === undefined ? {} : { threads }),
      ...(backfillDays === undefined ? {} : { backfill_days: backfillDays }),
      subdomain: setUp.subdomain,
    },
    metaUserId: facts.userId,
  };
}

function settingsToKeep({
  ig_user_id,
  threads,
  backfill_days,
  connected_at,
  subdomain,
}: AccountFields): KeptSettings {
  return {
    ig_user_id,
    ...(threads === undefined ? {} : { threads }),
    ...(backfill_days === undefined ? {} : { backfill_days }),
    ...(connected_at === undefined ? {} : { connected_at }),
    ...(subdomain === undefined ? {} : { subdomain }),
  };
}

/** The set-up with what Meta tells of the token now. */
function refreshed(setUp: SetUp, account: AccountFields, facts: TokenFacts): SetUp {
  if (!facts.isValid || facts.scopes.length === 0) return setUp;
  return {
    ...setUp,
    account: {
      ...account,
      scopes: facts.scopes.slice(0, SCOPES_MAX),
      ...timesOf(facts),
    },
    metaUserId: facts.userId ?? setUp.metaUserId,
  };
}

/** Whether a token ends within `SHORT_LIVED_MS`; 0 means that it never ends. */
function isShortLived({ expiresAt = 0 }: TokenFacts, now: number): boolean {
  return expiresAt !== 0 && expiresAt * 1000 < now + SHORT_LIVED_MS;
}

/** The times of a token, as far as Meta reports them. */
function timesOf({
  expiresAt,
  dataAccessExpiresAt,
}: TokenFacts): Pick<AccountFields, 'expires_at' | 'data_access_expires_at'> {
  return {
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
    ...(dataAccessExpiresAt === undefined ? {} : { data_access_expires_at: dataAccessExpiresAt }),
  };
}

function settingsOf(form: FinishForm): Settings {
  const name = form.name.trim();
  const backfillDays = (form.backfill_days ?? '').trim();
  const isDays = /^\d{0,3}$/.test(backfillDays) && Number(backfillDays) <= BACKFILL_DAYS_MAX;
  return {
    name,
    threads: form.threads,
    backfillDays,
    faults: { name: name === '', backfillDays: !isDays },
  };
}

function noticeOfTrial(outcome: TrialOutcome, say: Messages): Notice {
  switch (outcome.kind) {
    case 'worked':
    case 'kept':
      return { kind: 'success', text: say.say(`test.${outcome.kind}`) };
    case 'no_post':
      return { kind: 'warning', text: say.say('test.no_post') };
    case 'unsettled': {
      const why = outcome.code === undefined ? '' : say.failure(outcome.code);
      return { kind: 'warning', text: say.say('test.unsettled', { why }).trim() };
    }
    case 'failed':
    case 'stands_liked':
    case 'stands_unliked':
      return {
        kind: 'error',
        text: say.say(`test.${outcome.kind}`, { why: say.failure(outcome.code) }),
      };
  }
}
