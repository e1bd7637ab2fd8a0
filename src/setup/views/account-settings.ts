import { BACKFILL_DAYS_MAX } from '../../credentials/account.dto.js';
import { BACKFILL_DAYS } from '../../credentials/to-account.js';
import { THREADS, type Threads } from '../../domain/account.js';
import { ACCOUNT_NAME_MAX_CHARS } from '../../zendesk/limits.js';
import { type Content, html, type Html } from '../../common/http/html.js';
import type { Translate } from '../messages.js';
import { toZendeskHost } from '../setup.js';
import { SETUP_PATHS } from '../setup-paths.js';
import { setupField } from './parts.js';

/** The admin's choices, as last entered. */
export interface AccountSettings {
  readonly name: string;
  readonly threads: Threads;
  readonly backfillDays: string;
  /** The fields whose value is invalid. */
  readonly errors: { readonly name?: boolean; readonly backfillDays?: boolean };
}

interface SettingsFormParts {
  readonly sealed: string;
  readonly settings: AccountSettings;
  /** The Zendesk that receives the account. */
  readonly subdomain: string;
}

export function settingsForm(
  { sealed, settings, subdomain }: SettingsFormParts,
  t: Translate,
): Html {
  return html`<h2>${t('settings.title')}</h2>
    <form method="post" action="${SETUP_PATHS.handOver}">
      ${setupField(sealed)} ${nameField(settings, t)} ${threadsField(settings, t)}
      ${backfillField(settings, t)}
      <p id="goes-to">${t('settings.goes_to', { zendesk: toZendeskHost(subdomain) })}</p>
      <button class="c-btn c-btn--primary" id="save" aria-describedby="goes-to">
        ${t('settings.save')}
      </button>
    </form>`;
}

function nameField({ name, errors }: AccountSettings, t: Translate): Html {
  const isInvalid = errors.name === true;
  return html`<div class="${fieldClass(isInvalid)}">
    <label class="c-field__label" for="name">${t('settings.name')}</label>
    <input
      class="c-field__input"
      id="name"
      name="name"
      value="${name}"
      maxlength="${ACCOUNT_NAME_MAX_CHARS}"
      required
      aria-describedby="name-error"
    />
    ${isInvalid && fieldError('name-error', t('settings.name_missing'))}
  </div>`;
}

function threadsField({ threads }: AccountSettings, t: Translate): Html {
  return html`<fieldset>
    <legend>${t('settings.threads')}</legend>
    ${THREADS.map(
      (each) =>
        html`<div class="c-field">
          <input
            class="c-field__radio"
            type="radio"
            id="threads-${each}"
            name="threads"
            value="${each}"
            ${each === threads && html`checked`}
          />
          <label class="c-field__label" for="threads-${each}">${t(`settings.${each}`)}</label>
        </div>`,
    )}
  </fieldset>`;
}

function backfillField({ backfillDays, errors }: AccountSettings, t: Translate): Html {
  const isInvalid = errors.backfillDays === true;
  const max = { max: String(BACKFILL_DAYS_MAX) };
  return html`<div class="${fieldClass(isInvalid)}">
    <label class="c-field__label" for="backfill">${t('settings.backfill')}</label>
    <span class="c-field__hint" id="backfill-hint">${t('settings.backfill_hint', max)}</span>
    <input
      class="c-field__input c-field__input--short"
      id="backfill"
      name="backfill_days"
      value="${backfillDays}"
      inputmode="numeric"
      maxlength="3"
      placeholder="${BACKFILL_DAYS}"
      aria-describedby="backfill-hint backfill-error"
    />
    ${isInvalid && fieldError('backfill-error', t('settings.backfill_wrong', max))}
  </div>`;
}

function fieldClass(isInvalid: boolean): string {
  return isInvalid ? 'c-field c-field--error' : 'c-field';
}

function fieldError(id: string, text: string): Content {
  return html`<span class="c-field__message" id="${id}" role="alert">${text}</span>`;
}
