import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { isJsonObject } from '../common/json-object.js';
import { SealedNotes } from '../credentials/sealed-notes.js';
import { isLanguage } from './messages.js';
import type { Setup } from './setup.js';

/** How long a page may stay open between two steps. */
const STEP_MS = 1_800_000;
/** How long a setup may take in all, however often its pages are sent. */
const SETUP_MS = 7_200_000;

interface SealedSetup {
  readonly setup: Setup;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Seals setups for the pages, and opens the seals that the pages return. */
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

  /** Undefined if it was not sealed here, has another version's form, or is too old. */
  async open(sealed: string): Promise<Setup | undefined> {
    const note = await this.notes.open('ig-set-up+jwe', sealed);
    if (!isSealedSetup(note)) return undefined;
    const now = this.clock.now();
    if (now - note.at >= STEP_MS || now - note.setup.begunAt >= SETUP_MS) return undefined;
    return note.setup;
  }
}

/** Whether an opened seal has this version's form: a page may be older than the last upgrade. */
function isSealedSetup(note: unknown): note is SealedSetup {
  if (!isJsonObject(note) || typeof note.at !== 'number' || !isJsonObject(note.setup)) return false;
  const { begunAt, language, account, ...others } = note.setup;
  return (
    typeof begunAt === 'number' &&
    isLanguage(language) &&
    (account === undefined || isJsonObject(account)) &&
    ['id', 'subdomain', 'returnUrl', 'name', 'state'].every(
      (name) => typeof others[name] === 'string',
    )
  );
}
