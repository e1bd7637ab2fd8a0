import { randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Deadline } from '../common/deadline.js';
import type { ErrorCode } from '../common/errors/error-code.js';
import { type LogFields, ServiceError } from '../common/errors/service-error.js';
import { Budget } from '../common/http/budget.js';
import { EventLog } from '../common/logging/event-log.js';
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
import { type LinkedAccount, MetaLogIn, type TokenFacts } from '../instagram/meta-log-in.js';
import { ConnectedAccounts } from '../ledger/connected-accounts.js';
import { MetaUsers } from '../ledger/meta-users.js';
import { LOG_IN_MS, type LogInProgress, PendingLogIns } from '../ledger/pending-log-ins.js';
import type {
  AdminUiForm,
  CallbackQuery,
  ChoiceForm,
  ContinueForm,
  FinishForm,
  SetUpForm,
  TokenForm,
} from './admin-ui.dto.js';
import type { AdminPage } from './admin-page.js';
import { checkConnection, type ConnectionCheck } from './connection-check.js';
import { LikeTrial, type TrialOutcome } from './like-trial.js';
import { type Language, languageOf, Messages, type MessageKey } from './messages.js';
import { accountBody, type Settings } from './pages/account.page.js';
import { accountsBody } from './pages/accounts.page.js';
import { connectBody } from './pages/connect.page.js';
import { handOverBody } from './pages/hand-over.page.js';
import type { Notice } from './pages/parts.js';
import { loggedInBody, moveOnBody, noLogInBody } from './pages/window.page.js';
import { faultOfReturnUrl } from './return-url.js';
import { newSetUpId, ownerOf, type SetUp, SetUps } from './set-up.js';
import { SetUpError } from './set-up-error.js';

/** How long Meta may take for all calls of one step, in milliseconds. An admin waits longer than an agent. */
const STEP_DEADLINE_MS = 20_000;
/** Scopes of one token that are kept; the account's own bound. */
const SCOPES_MAX = 50;
/** A brought token that ends sooner is exchanged for one of some 60 days, in milliseconds. */
const SHORT_LIVED_MS = 7 * 86_400_000;
/** Visible ASCII: a token travels in an HTTP header. */
const TOKEN = /^[\x21-\x7e]+$/;
/** Letters and digits that nobody takes for one another: 8 of them are 40 bits, and there are 5 tries. */
const CODE_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const CODE_CHARS = 8;

/** Log-ins begun, and tokens brought, by one address in `BUDGET_MS`: nobody signs what leads there, and a whole office may have one. */
const LOG_INS_MAX = 60;
const TOKENS_MAX = 30;
const BUDGET_MS = LOG_IN_MS;

/** Adds fields to the request's line in the log. */
type Note = (fields: LogFields) => void;

/** The steps of the set-up. Each takes what a page sent and tells the next page. */
@Injectable()
export class SetUpService {
  private readonly logInBudget = new Budget(LOG_INS_MAX, BUDGET_MS);
  private readonly tokenBudget = new Budget(TOKENS_MAX, BUDGET_MS);

  constructor(
    @Inject(SetUps) private readonly setUps: SetUps,
    @Inject(SealedNotes) private readonly notes: SealedNotes,
    @Inject(CredentialsService) private readonly credentials: CredentialsService,
    @Inject(MetaLogIn) private readonly meta: MetaLogIn,
    @Inject(InstagramClient) private readonly instagram: InstagramClient,
    @Inject(LikeTrial) private readonly trial: LikeTrial,
    @Inject(PendingLogIns) private readonly logIns: PendingLogIns,
    @Inject(MetaUsers) private readonly people: MetaUsers,
    @Inject(ConnectedAccounts) private readonly accounts: ConnectedAccounts,
    @Inject(Configuration) private readonly configuration: Configuration,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(EventLog) private readonly log: EventLog,
  ) {}

  /** Zendesk frames the page, to add an account or to edit one. */
  async begin(form: AdminUiForm): Promise<AdminPage> {
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
      token: undefined,
      account: undefined,
      metaUserId: undefined,
    };
    const { metadata = '' } = form;
    // Zendesk's samples send the word for nothing.
    if (metadata === '' || metadata === 'null') return this.connectPage(setUp);
    const account = await this.openMetadata(metadata);
    if (account === undefined) return this.connectPage(setUp, error('notice.unreadable', language));
    if (account.subdomain !== undefined && account.subdomain !== subdomain) {
      throw new SetUpError('error.other_zendesk', language);
    }
    return this.accountPage({ ...setUp, account, editedId: account.ig_user_id });
  }

  /** The log-in's window opens. Its page leads to Facebook, or says why nowhere. */
  async beginLogIn(form: SetUpForm, ip: string): Promise<AdminPage> {
    const setUp = await this.open(form);
    const { language } = setUp;
    if (this.meta.appId === undefined) {
      return windowPage(language, 'window.void_title', 'connect.not_possible');
    }
    // What comes back without anything else tells in which language its window speaks.
    const state = `${newSetUpId()}.${language}`;
    const isInBudget = this.logInBudget.spend(ip, this.clock.now());
    if (!isInBudget || !(await this.logIns.begin(ownerOf(setUp), state))) {
      return windowPage(language, 'window.void_title', 'notice.busy');
    }
    const dialogUrl = this.meta.dialogUrl(this.redirectUri, state);
    const say = new Messages(language);
    return {
      place: 'window',
      language,
      title: say.say('window.move_on_title'),
      body: moveOnBody(say, dialogUrl),
      movesOnTo: dialogUrl,
    };
  }

  /** The log-in's window comes back from Facebook. */
  async comeBack({ state, code, error: refusal }: CallbackQuery): Promise<AdminPage> {
    const language = languageOf(state.split('.')[1]);
    if (refusal !== undefined || code === undefined || code === '') {
      const known = await this.logIns.come(state, undefined);
      return known
        ? windowPage(language, 'window.refused_title', 'window.refused')
        : windowPage(language, 'window.void_title', 'window.void');
    }
    const confirmation = newConfirmation();
    const sealedCode = await this.notes.seal('ig-log-in+jwe', { code });
    if (!(await this.logIns.come(state, { sealedCode, confirmation }))) {
      return windowPage(language, 'window.void_title', 'window.void');
    }
    const say = new Messages(language);
    return {
      place: 'window',
      language,
      title: say.say('window.done_title'),
      body: loggedInBody(say, confirmation),
    };
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
    const opened = await this.notes.open<{ code: string }>('ig-log-in+jwe', taken.sealedCode);
    // The key that sealed it was taken out since.
    if (opened === undefined) return this.startPage(setUp, error('notice.gone', language));
    const deadline = new Deadline(STEP_DEADLINE_MS);
    return this.orNotice(setUp, note, async () => {
      const code = new Secret(opened.code);
      const token = await this.meta.tokenOfCode(code, this.redirectUri, deadline);
      return this.showAccounts(setUp, token, await this.meta.inspect(token, deadline), deadline);
    });
  }

  /** An admin brings a token. */
  async useToken(form: TokenForm, ip: string, note: Note): Promise<AdminPage> {
    const setUp = await this.open(form);
    const { language } = setUp;
    const text = form.token.trim();
    if (!TOKEN.test(text)) return this.startPage(setUp, error('notice.bad_token', language));
    if (!this.tokenBudget.spend(ip, this.clock.now())) {
      return this.startPage(setUp, error('notice.too_many_tokens', language));
    }
    const deadline = new Deadline(STEP_DEADLINE_MS);
    return this.orNotice(setUp, note, async () => {
      const brought = new Secret(text);
      const facts = await this.meta.inspect(brought, deadline);
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
      const accounts = await this.meta.listAccounts(token, facts, deadline);
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

  private get redirectUri(): string {
    return `${this.configuration.publicUrl}/admin/log-in/callback`;
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
    const { expiresAt, type, appId } = facts;
    const isShort = expiresAt !== 0 && expiresAt * 1000 < this.clock.now() + SHORT_LIVED_MS;
    if (!isShort || type !== 'USER' || appId === undefined || appId !== this.meta.appId) {
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
    const accounts = await this.meta.listAccounts(token, facts, deadline);
    const [first, second] = accounts;
    if (first === undefined || facts.scopes.length === 0) {
      return this.startPage(setUp, error('notice.no_account', setUp.language));
    }
    return second === undefined
      ? this.accountPage(connected(setUp, token, facts, first, this.clock.now()), { facts })
      : this.accountsPage({ ...setUp, token: token.reveal() }, accounts);
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
    known: {
      readonly facts?: TokenFacts;
      readonly notice?: Notice;
      readonly settings?: Settings;
      readonly like?: ErrorCode | undefined;
    } = {},
  ): Promise<AdminPage> {
    const { account } = setUp;
    if (account === undefined) throw new SetUpError('error.expired', setUp.language);
    const say = new Messages(setUp.language);
    const checked = await this.check(account, known);
    const current = 'facts' in checked ? refreshed(setUp, account, checked.facts) : setUp;
    return this.framePage(
      setUp,
      'account.title',
      accountBody(say, {
        sealed: await this.setUps.seal(current),
        account: current.account ?? account,
        subdomain: setUp.subdomain,
        check: 'check' in checked ? checked.check : undefined,
        notChecked: 'code' in checked ? say.failure(checked.code) : undefined,
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

  private async check(
    fields: AccountFields,
    known: { readonly facts?: TokenFacts; readonly like?: ErrorCode | undefined },
  ): Promise<{ check: ConnectionCheck; facts: TokenFacts } | { code: ErrorCode }> {
    const account = accountOf(fields);
    const deadline = new Deadline(STEP_DEADLINE_MS);
    try {
      const facts = known.facts ?? (await this.meta.inspect(account.userToken, deadline));
      const read = facts.isValid
        ? await codeOf(this.instagram.readAccount(account, deadline))
        : undefined;
      const check = checkConnection({
        dialect: account.dialect,
        igUserId: account.igUserId,
        pageId: account.pageId,
        hasPageToken: account.pageToken !== undefined,
        facts,
        appId: this.meta.appId,
        refusals: { read, like: known.like },
        now: this.clock.now(),
      });
      return { check, facts };
    } catch (failure) {
      if (!(failure instanceof InstagramError)) throw failure;
      this.log.warn('admin.not_checked', { outcome: failure.code, ...failure.log });
      return { code: failure.code };
    }
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
  return { kind: 'error', text: new Messages(language).say(key) };
}

function windowPage(language: Language, title: MessageKey, key: MessageKey): AdminPage {
  const say = new Messages(language);
  return {
    place: 'window',
    language,
    title: say.say(title),
    body: noLogInBody(say, key),
    status: 400,
  };
}

function newConfirmation(): string {
  const letters = Array.from({ length: CODE_CHARS }, () =>
    CODE_LETTERS.charAt(randomInt(CODE_LETTERS.length)),
  );
  return letters.join('');
}

/** The set-up with an account of its log-in. What was chosen for the account before stays. */
function connected(
  setUp: SetUp,
  token: Secret,
  facts: TokenFacts,
  { igUserId, username, pageId, pageToken }: LinkedAccount,
  now: number,
): SetUp {
  const { threads, backfill_days: backfillDays, ig_user_id: earlierId } = setUp.account ?? {};
  const connectedAt = earlierId === igUserId ? setUp.account?.connected_at : undefined;
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
      expires_at: facts.expiresAt,
      data_access_expires_at: facts.dataAccessExpiresAt,
      connected_at: connectedAt ?? Math.floor(now / 1000),
      ...(threads === undefined ? {} : { threads }),
      ...(backfillDays === undefined ? {} : { backfill_days: backfillDays }),
      subdomain: setUp.subdomain,
    },
    metaUserId: facts.userId,
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
      expires_at: facts.expiresAt,
      data_access_expires_at: facts.dataAccessExpiresAt,
    },
    metaUserId: facts.userId ?? setUp.metaUserId,
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

async function codeOf(call: Promise<unknown>): Promise<ErrorCode | undefined> {
  try {
    await call;
    return undefined;
  } catch (failure) {
    if (failure instanceof InstagramError) return failure.code;
    throw failure;
  }
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
