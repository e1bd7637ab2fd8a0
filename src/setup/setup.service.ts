import { Injectable } from '@nestjs/common';
import type { NoteFields } from '../common/http/note.decorator.js';
import { VISIBLE_ASCII } from '../domain/formats.js';
import { Clock } from '../common/clock.js';
import { Deadline } from '../common/deadline.js';
import { ServiceError } from '../common/errors/service-error.js';
import { Budget } from '../common/http/budget.js';
import { Secret } from '../domain/secret.js';
import { Configuration } from '../config/index.js';
import {
  ACCOUNT_VERSION,
  type AccountFields,
  BACKFILL_DAYS_MAX,
} from '../credentials/account.dto.js';
import { toAccount, BACKFILL_DAYS, THREADS_BY_DEFAULT } from '../credentials/to-account.js';
import { CredentialsService, SealingError } from '../credentials/credentials.service.js';
import { SealedNotes } from '../credentials/sealed-notes.js';
import { InstagramClient } from '../instagram/instagram-client.js';
import { InstagramError } from '../instagram/instagram-error.js';
import type { LinkedAccount } from '../instagram/linked-accounts.js';
import { MetaLogin } from '../instagram/meta-login.js';
import type { TokenFacts } from '../instagram/token-facts.js';
import { ConnectedAccounts } from '../ledger/connected-accounts.js';
import { MetaUsers } from '../ledger/meta-users.js';
import { LOG_IN_MS, type LoginProgress, PendingLogins } from '../ledger/pending-logins.js';
import type {
  AdminUiForm,
  ChoiceForm,
  ContinueForm,
  FinishForm,
  SetupForm,
  TokenForm,
} from './admin-ui.dto.js';
import type { AdminPage } from './admin-page.js';
import {
  type CheckOutcome,
  ConnectionChecker,
  type KnownConnection,
} from './connection-checker.service.js';
import { LikeTrial, type TrialOutcome } from './like-trial.js';
import { type LoginNote, LoginWindow } from './login-window.service.js';
import { type Language, pickLanguage, Messages, type MessageKey } from './messages.js';
import { accountBody, type Settings } from './pages/account.page.js';
import { accountsBody } from './pages/accounts.page.js';
import { connectBody } from './pages/connect.page.js';
import { handOverBody } from './pages/hand-over.page.js';
import type { Notice } from './pages/parts.js';
import { faultOfReturnUrl } from './return-url.js';
import { type KeptSettings, newSetupId, ownerOf, type Setup, SetupSeals } from './setup.js';
import { SetupError } from './setup-error.js';

/** How long Meta may take for all calls of one step, in milliseconds. An admin waits longer than an agent. */
const STEP_DEADLINE_MS = 20_000;
/** Scopes of one token that are kept; the account's own bound. */
const SCOPES_MAX = 50;
/** A brought token that ends sooner is exchanged for one of some 60 days, in milliseconds. */
const SHORT_LIVED_MS = 7 * 86_400_000;
/** Visible ASCII: a token travels in an HTTP header. */
/** Tokens brought by one network in `BUDGET_MS`: each costs calls to Meta. */
const TOKENS_MAX = 30;
const BUDGET_MS = LOG_IN_MS;

/** Adds fields to the request's line in the log. */

/** The steps of the set-up. Each takes what a page sent and tells the next page. */
@Injectable()
export class SetupService {
  private readonly tokenBudget = new Budget(TOKENS_MAX, BUDGET_MS);

  constructor(
    private readonly setups: SetupSeals,
    private readonly notes: SealedNotes,
    private readonly credentials: CredentialsService,
    private readonly meta: MetaLogin,
    private readonly instagram: InstagramClient,
    private readonly window: LoginWindow,
    private readonly checker: ConnectionChecker,
    private readonly trial: LikeTrial,
    private readonly logins: PendingLogins,
    private readonly metaUsers: MetaUsers,
    private readonly accounts: ConnectedAccounts,
    private readonly configuration: Configuration,
    private readonly clock: Clock,
  ) {}

  /** Zendesk frames the page, to add an account or to edit one. */
  async begin(form: AdminUiForm, address: string): Promise<AdminPage> {
    const language = pickLanguage(form.locale);
    const { subdomain, return_url: returnUrl } = form;
    const fault = faultOfReturnUrl(returnUrl, subdomain, this.configuration.zendeskLoopbackOrigin);
    if (fault !== undefined) throw new SetupError(`error.${fault}`, language);
    const setup: Setup = {
      id: newSetupId(),
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
    if (metadata === '' || metadata === 'null') return this.connectPage(setup);
    const account = await this.openMetadata(metadata);
    if (account === undefined) return this.connectPage(setup, error('notice.unreadable', language));
    const edited = { ...setup, editedId: account.ig_user_id };
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
    const outcome = await this.checker.checkWithinBudget(toAccount(account), address);
    return this.accountPage({ ...edited, account }, { outcome });
  }

  /** The login's window opens. */
  async beginLogin(form: SetupForm, address: string): Promise<AdminPage> {
    return this.window.begin(await this.open(form), address);
  }

  /** How far the page's log-in is, for the page to go on by itself. */
  async progress(form: SetupForm): Promise<LoginProgress> {
    const setup = await this.setups.open(form.set_up);
    return setup === undefined ? 'gone' : this.logins.progress(ownerOf(setup));
  }

  /** The page goes on after the log-in: with the code that the log-in's window shows, which proves that both are one person's. */
  async continueLogin(form: ContinueForm, note: NoteFields): Promise<AdminPage> {
    const setup = await this.open(form);
    const { language } = setup;
    const confirmation = (form.confirmation ?? '').toUpperCase().replaceAll(/[^A-Z0-9]/g, '');
    if (confirmation === '') {
      const progress = await this.logins.progress(ownerOf(setup));
      return this.startPage(setup, error(NOTICE_OF_PROGRESS[progress], language));
    }
    const taken = await this.logins.redeem(ownerOf(setup), confirmation);
    if ('failure' in taken) {
      return this.startPage(setup, error(NOTICE_OF_FAILURE[taken.failure], language));
    }
    const opened = await this.notes.open<LoginNote>('ig-log-in+jwe', taken.sealedCode);
    // The key that sealed it was taken out since.
    if (opened === undefined) return this.startPage(setup, error('notice.gone', language));
    const deadline = new Deadline(STEP_DEADLINE_MS);
    return this.withFailureNotice(setup, note, async () => {
      const code = new Secret(opened.code);
      const token = await this.meta.tokenOfCode(code, this.window.redirectUri, deadline);
      return this.showAccounts(setup, token, await this.meta.inspect(token, deadline), deadline);
    });
  }

  /** An admin brings a token. */
  async useToken(form: TokenForm, address: string, note: NoteFields): Promise<AdminPage> {
    const setup = await this.open(form);
    const { language } = setup;
    const text = form.token.trim();
    if (!VISIBLE_ASCII.test(text))
      return this.startPage(setup, error('notice.bad_token', language));
    if (!this.tokenBudget.spend(address, this.clock.now())) {
      return this.startPage(setup, error('notice.too_many_tokens', language));
    }
    const deadline = new Deadline(STEP_DEADLINE_MS);
    return this.withFailureNotice(setup, note, async () => {
      const brought = new Secret(text);
      const facts = await this.meta.inspectAny(brought, deadline);
      if (this.meta.appId !== undefined && (facts.appId ?? this.meta.appId) !== this.meta.appId) {
        return this.startPage(setup, error('notice.other_app', language));
      }
      if (!facts.isValid) return this.startPage(setup, error('notice.ended_token', language));
      const { token, facts: kept } = await this.ensureLongLived(brought, facts, deadline);
      return this.showAccounts(setup, token, kept, deadline);
    });
  }

  /** The admin chooses one of several accounts. */
  async choose(form: ChoiceForm, note: NoteFields): Promise<AdminPage> {
    const setup = await this.open(form);
    const { token: text, language } = setup;
    if (text === undefined) throw new SetupError('error.expired', language);
    const token = new Secret(text);
    const deadline = new Deadline(STEP_DEADLINE_MS);
    return this.withFailureNotice(setup, note, async () => {
      const facts = await this.meta.inspect(token, deadline);
      const { accounts } = await this.meta.listAccounts(token, facts, deadline);
      const chosen = accounts.find(({ igUserId }) => igUserId === form.ig_user_id);
      return chosen === undefined
        ? this.accountsPage(setup, accounts, error('notice.unknown_account', language))
        : this.accountPage(connected(setup, token, facts, chosen, this.clock.now()), { facts });
    });
  }

  /** The admin wants to see a like. */
  async tryLike(form: SetupForm, note: NoteFields): Promise<AdminPage> {
    const setup = await this.open(form);
    const { account: fields, language } = setup;
    if (fields === undefined) throw new SetupError('error.expired', language);
    const account = toAccount(fields);
    note({ account: account.igUserId });
    return this.withFailureNotice(setup, note, async () => {
      this.instagram.assertCan('like', account);
      const outcome = await this.trial.run(account, new Deadline(STEP_DEADLINE_MS));
      note({ outcome: outcome.kind, ...('code' in outcome ? { refusal: outcome.code } : {}) });
      return this.accountPage(setup, {
        notice: noticeOfTrial(outcome, new Messages(language)),
        like: 'code' in outcome ? outcome.code : undefined,
      });
    });
  }

  /** The account is sealed and handed to Zendesk. */
  async finish(form: FinishForm, note: NoteFields): Promise<AdminPage> {
    const setup = await this.open(form);
    const { account, language, subdomain, returnUrl, metaUserId, editedId } = setup;
    if (account === undefined) throw new SetupError('error.expired', language);
    const settings = settingsOf(form);
    const { name, threads, backfillDays, faults } = settings;
    if (faults.name === true || faults.backfillDays === true) {
      return this.accountPage(setup, { settings });
    }
    const metadata = await this.sealed({
      ...account,
      threads,
      backfill_days: backfillDays === '' ? BACKFILL_DAYS : Number(backfillDays),
      subdomain,
    });
    if (metadata === undefined) {
      note({ account: account.ig_user_id, outcome: 'too_long' });
      return this.accountPage(setup, { settings, notice: error('notice.too_long', language) });
    }
    if (metaUserId !== undefined) await this.metaUsers.remember(metaUserId, account.ig_user_id);
    await this.noteRename(setup, account.ig_user_id);
    note({ account: account.ig_user_id, outcome: 'handed_over' });
    // How far one account was read is nothing to another one.
    const isSame = editedId === undefined || editedId === account.ig_user_id;
    const say = new Messages(language);
    return {
      place: 'frame',
      language,
      title: say.say('hand_over.title'),
      body: handOverBody(say, { returnUrl, name, metadata, state: isSame ? setup.state : '' }),
      subdomain,
      leadsTo: new URL(returnUrl).origin,
    };
  }

  /** A login for the same account proves that its Zendesk has the new name; its old tickets stay known. */
  private async noteRename({ kept, subdomain }: Setup, igUserId: string): Promise<void> {
    if (kept?.ig_user_id !== igUserId) return;
    await this.accounts.noteName({ igUserId, subdomain: kept.subdomain }, subdomain);
  }

  private async open(form: SetupForm): Promise<Setup> {
    const setup = await this.setups.open(form.set_up);
    if (setup === undefined) throw new SetupError('error.expired', undefined);
    return setup;
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
  private async withFailureNotice(
    setup: Setup,
    note: NoteFields,
    step: () => Promise<AdminPage>,
  ): Promise<AdminPage> {
    try {
      return await step();
    } catch (failure) {
      if (!(failure instanceof InstagramError)) throw failure;
      note({ outcome: failure.code, ...failure.log });
      const text = new Messages(setup.language).failure(failure.code);
      return this.startPage(setup, { kind: 'error', text });
    }
  }

  /** A token of some 60 days in place of one of hours, where this service's app can ask for it. */
  private async ensureLongLived(
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
    setup: Setup,
    token: Secret,
    facts: TokenFacts,
    deadline: Deadline,
  ): Promise<AdminPage> {
    const { language } = setup;
    const { accounts, hasMore } = await this.meta.listAccounts(token, facts, deadline);
    const [first, second] = accounts;
    if (first === undefined || facts.scopes.length === 0) {
      return this.startPage(
        setup,
        error(hasMore ? 'notice.many_pages' : 'notice.no_account', language),
      );
    }
    const notice = hasMore
      ? ({ kind: 'info', text: sentence(language, 'notice.more_pages') } as const)
      : this.noticeOfTimes(facts, language);
    return second === undefined
      ? this.accountPage(connected(setup, token, facts, first, this.clock.now()), { facts, notice })
      : this.accountsPage({ ...setup, token: token.reveal() }, accounts, notice);
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
  private startPage(setup: Setup, notice: Notice): Promise<AdminPage> {
    return setup.account === undefined
      ? this.connectPage(setup, notice)
      : this.accountPage(setup, { notice });
  }

  private async connectPage(setup: Setup, notice?: Notice): Promise<AdminPage> {
    const say = new Messages(setup.language);
    return this.framePage(
      setup,
      'connect.title',
      connectBody(say, {
        sealed: await this.setups.seal(setup),
        canLogin: this.meta.appId !== undefined,
        notice,
      }),
    );
  }

  private async accountsPage(
    setup: Setup,
    accounts: readonly LinkedAccount[],
    notice?: Notice,
  ): Promise<AdminPage> {
    const say = new Messages(setup.language);
    const sealed = await this.setups.seal(setup);
    return this.framePage(setup, 'accounts.title', accountsBody(say, { sealed, accounts, notice }));
  }

  private async accountPage(
    setup: Setup,
    known: KnownConnection & {
      readonly outcome?: CheckOutcome;
      readonly notice?: Notice | undefined;
      readonly settings?: Settings;
    } = {},
  ): Promise<AdminPage> {
    const { account } = setup;
    if (account === undefined) throw new SetupError('error.expired', setup.language);
    const say = new Messages(setup.language);
    const outcome = known.outcome ?? (await this.checker.check(toAccount(account), known));
    const current = 'facts' in outcome ? refreshed(setup, account, outcome.facts) : setup;
    return this.framePage(
      setup,
      'account.title',
      accountBody(say, {
        sealed: await this.setups.seal(current),
        account: current.account ?? account,
        subdomain: setup.subdomain,
        check: 'check' in outcome ? outcome.check : undefined,
        notChecked: 'notChecked' in outcome ? say.notChecked(outcome.notChecked) : undefined,
        canLogin: this.meta.appId !== undefined,
        settings: known.settings ?? {
          name: setup.name === '' ? `@${account.username}` : setup.name,
          threads: account.threads ?? THREADS_BY_DEFAULT,
          backfillDays: String(account.backfill_days ?? BACKFILL_DAYS),
          faults: {},
        },
        notice: known.notice ?? (await this.noticeOfTwice(setup, account)),
      }),
      { username: account.username },
    );
  }

  /** A second account of the same Instagram account would get no tickets: Zendesk passes over what it has. */
  private async noticeOfTwice(
    { editedId, subdomain, language }: Setup,
    { ig_user_id: igUserId }: AccountFields,
  ): Promise<Notice | undefined> {
    if (editedId === igUserId) return undefined;
    return (await this.accounts.isActive({ igUserId, subdomain }))
      ? { kind: 'warning', text: new Messages(language).say('account.twice') }
      : undefined;
  }

  private framePage(
    { language, subdomain }: Setup,
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

const NOTICE_OF_PROGRESS: Readonly<Record<LoginProgress, MessageKey>> = {
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
  setup: Setup,
  token: Secret,
  facts: TokenFacts,
  { igUserId, username, pageId, pageToken }: LinkedAccount,
  now: number,
): Setup {
  const earlier: Partial<KeptSettings> = setup.account ?? setup.kept ?? {};
  const { threads, backfill_days: backfillDays } = earlier;
  const connectedAt = earlier.ig_user_id === igUserId ? earlier.connected_at : undefined;
  return {
    ...setup,
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
      subdomain: setup.subdomain,
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
function refreshed(setup: Setup, account: AccountFields, facts: TokenFacts): Setup {
  if (!facts.isValid || facts.scopes.length === 0) return setup;
  return {
    ...setup,
    account: {
      ...account,
      scopes: facts.scopes.slice(0, SCOPES_MAX),
      ...timesOf(facts),
    },
    metaUserId: facts.userId ?? setup.metaUserId,
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
