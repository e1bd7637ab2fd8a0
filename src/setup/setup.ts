import { randomBytes } from 'node:crypto';
import type { AccountFields } from '../credentials/account.dto.js';
import type { LoginOwner } from '../ledger/accounts/pending-logins.js';
import type { Language } from './messages.js';
import { SetupError } from './setup-error.js';

/** 256 bits, because the id of a setup is the key to its login. */
const ID_BYTES = 32;

/**
 * One admin's setup of one account, from the first page in Zendesk's frame to the hand-over of the
 * account. It travels sealed in the page's forms: it needs no cookie, any process can continue it,
 * and the service stores no token.
 */
export interface Setup {
  /** Known to the page only; binds the login to the page. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
  readonly language: Language;
  readonly subdomain: string;
  readonly returnUrl: string;
  readonly name: string;
  /** Zendesk's state of the account, which is returned unchanged. */
  readonly state: string;
  /** The id of the account that is edited; undefined for a new one. */
  readonly editedId: string | undefined;
  /** Settings of the edited account, if its tokens may not be used. */
  readonly kept: KeptSettings | undefined;
  /** The token of a login whose account is still to be chosen. */
  readonly token: string | undefined;
  /** The account so far, including its tokens. */
  readonly account: AccountFields | undefined;
  /** The person who logged in, by the id that Meta uses in this app. */
  readonly metaUserId: string | undefined;
}

/** A setup whose account is known. */
export type ConnectedSetup = Setup & { readonly account: AccountFields };

/** The part of an account that survives a new connection. */
export type KeptSettings = Pick<
  AccountFields,
  'ig_user_id' | 'threads' | 'backfill_days' | 'connected_at' | 'subdomain'
>;

/** @throws {SetupError} if no account is known, for example because a step was skipped. */
export function requireAccount(setup: Setup): ConnectedSetup {
  const { account, language } = setup;
  if (account === undefined) throw new SetupError('error.expired', language);
  return { ...setup, account };
}

export function newRandomId(): string {
  return randomBytes(ID_BYTES).toString('base64url');
}

/** Binds a login to its setup: no other page, Zendesk or return address can use it. */
export function toLoginOwner({ id, subdomain, returnUrl }: Setup): LoginOwner {
  return { id, setup: JSON.stringify([subdomain, returnUrl]) };
}

export function toZendeskHost(subdomain: string): string {
  return `${subdomain}.zendesk.com`;
}
