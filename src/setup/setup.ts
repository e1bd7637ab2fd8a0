import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { AccountFields } from '../credentials/account.dto.js';
import { SealedNotes } from '../credentials/sealed-notes.js';
import type { LoginOwner } from '../ledger/pending-logins.js';
import type { Language } from './messages.js';

/** How long a page may stay open between two steps, in milliseconds. */
const STEP_MS = 1_800_000;
/** How long it may take in all, in milliseconds, however often its page is sent. */
const SET_UP_MS = 7_200_000;
/** 256 bits: whoever guesses one could follow somebody's log-in. */
const ID_BYTES = 32;

/**
 * One admin's set-up of one account, from when Zendesk framed the page to when the account is handed over. It travels sealed in the page's
 * forms, so that no cookie is needed, any process can go on with it, and no token is kept here.
 */
export interface Setup {
  /** Known to the page alone; its log-in belongs to it. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
  readonly language: Language;
  readonly subdomain: string;
  readonly returnUrl: string;
  readonly name: string;
  /** Zendesk's, which goes back as it came. */
  readonly state: string;
  /** The account that is edited, by its id; undefined for a new one. */
  readonly editedId: string | undefined;
  /** Settings of the account that is edited, where its tokens are not used. */
  readonly kept: KeptSettings | undefined;
  /** The token of a log-in whose account is still to be chosen. */
  readonly token: string | undefined;
  /** The account so far, tokens and all. */
  readonly account: AccountFields | undefined;
  /** The person who logged in, by the id that Meta gives the person in this app. */
  readonly metaUserId: string | undefined;
}

/** What an account keeps when it is connected again. */
export type KeptSettings = Pick<
  AccountFields,
  'ig_user_id' | 'threads' | 'backfill_days' | 'connected_at' | 'subdomain'
>;

/** A set-up as it is sealed. */
interface SealedSetup {
  readonly setup: Setup;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Seals set-ups into the pages, and opens what the pages send back. */
@Injectable()
export class SetupSeals {
  constructor(
    private readonly notes: SealedNotes,
    private readonly clock: Clock,
  ) {}

  seal(setup: Setup): Promise<string> {
    const sealed: SealedSetup = { setup, at: this.clock.now() };
    return this.notes.seal('ig-set-up+jwe', sealed);
  }

  /** Undefined where it was not sealed here, or too long ago, or begun too long ago. */
  async open(sealed: string): Promise<Setup | undefined> {
    const note = await this.notes.open<SealedSetup>('ig-set-up+jwe', sealed);
    const now = this.clock.now();
    if (note === undefined || now - note.at >= STEP_MS) return undefined;
    return now - note.setup.begunAt < SET_UP_MS ? note.setup : undefined;
  }
}

export function newSetupId(): string {
  return randomBytes(ID_BYTES).toString('base64url');
}

/** Whose the set-up's log-in is: nobody can use it at another Zendesk, or send its account elsewhere. */
export function ownerOf({ id, subdomain, returnUrl }: Setup): LoginOwner {
  return { id, setup: JSON.stringify([subdomain, returnUrl]) };
}
