import { type AccountFields, BACKFILL_DAYS_MAX } from '../../credentials/account.dto.js';
import { BACKFILL_DAYS } from '../../credentials/to-account.js';
import { THREADS, type Threads } from '../../domain/account.js';
import { ACCOUNT_NAME_MAX_CHARS } from '../../zendesk/limits.js';
import type { ConnectionCheck } from '../connection-check.js';
import { html, type Content, type Html } from '../../common/http/html.js';
import type { Messages } from '../messages.js';
import { loginForms, type Notice, noticeBox, setupField, tokenForm } from './parts.js';

export interface AccountView {
  readonly sealed: string;
  readonly account: AccountFields;
  /** Of the Zendesk to which the account goes. */
  readonly subdomain: string;
  /** Undefined where Meta could not be asked; `notChecked` says why. */
  readonly check: ConnectionCheck | undefined;
  readonly notChecked: string | undefined;
  readonly canLogin: boolean;
  readonly settings: Settings;
  readonly notice?: Notice | undefined;
}

/** What the admin chooses, as it was last entered. */
export interface Settings {
  readonly name: string;
  readonly threads: Threads;
  readonly backfillDays: string;
  readonly faults: { readonly name?: boolean; readonly backfillDays?: boolean };
}

/** The last step: what the connection can do, a trial, the settings, and saving. */
export function accountBody(say: Messages, view: AccountView): Html {
  const { check, sealed, canLogin } = view;
  return html`${noticeBox(view.notice)}
    <h2>${say.say('account.check')}</h2>
    ${
      check === undefined
        ? noticeBox({
            kind: 'warning',
            text: say.say('account.not_checked', { why: view.notChecked ?? '' }),
          })
        : [
            connectionTable(say, view.account, check),
            abilitiesTable(say, check),
            trialForm(say, view),
          ]
    }
    <h2>${say.say('account.other')}</h2>
    ${canLogin && loginForms(sealed, say.say('connect.log_in_again'), false, say)}
    ${tokenForm(sealed, false, say)} ${settingsForm(say, view)}`;
}

function connectionTable(say: Messages, account: AccountFields, check: ConnectionCheck): Html {
  const row = (name: string, value: Content): Html =>
    html`<tr class="c-table__row">
      <th class="c-table__row__cell" scope="row">${name}</th>
      <td class="c-table__row__cell">${value}</td>
    </tr>`;
  const day = (milliseconds: number): Html =>
    html`<time datetime="${new Date(milliseconds).toISOString()}">${say.day(milliseconds)}</time>`;
  const end = endOf(check.endsAt, say, day);
  return html`<table class="c-table">
    <caption class="c-table__caption">
      ${say.say('account.caption')}
    </caption>
    <tbody>
      ${row(say.say('account.account'), `@${account.username} (${account.ig_user_id})`)}
      ${row(
        say.say('account.log_in'),
        check.isValid ? end : html`<strong class="works-not">${say.say('account.ended')}</strong>`,
      )}
      ${row(
        say.say('account.data_access'),
        check.dataAccessEndsAt === undefined
          ? say.say('account.unknown')
          : [
              day(check.dataAccessEndsAt),
              html`<br /><span class="quiet">${say.say('account.data_access_hint')}</span>`,
            ],
      )}
      ${row(say.say('account.granted'), check.granted.join(', ') || say.say('account.none'))}
      ${row(say.say('account.missing'), check.missing.join(', ') || say.say('account.none'))}
    </tbody>
  </table>`;
}

function endOf(
  endsAt: ConnectionCheck['endsAt'],
  say: Messages,
  day: (milliseconds: number) => Html,
): Content {
  if (endsAt === undefined) return say.say('account.unknown');
  return endsAt === 'never' ? say.say('account.no_end') : day(endsAt);
}

function abilitiesTable(say: Messages, { abilities }: ConnectionCheck): Html {
  const head = (name: string): Html =>
    html`<th class="c-table__row__cell" scope="col">${name}</th>`;
  return html`<table class="c-table abilities">
    <caption class="c-table__caption">
      ${say.say('account.abilities')}
    </caption>
    <thead>
      <tr class="c-table__row c-table__row--header">
        ${head(say.say('account.what'))}${head(say.say('account.state'))}${head(say.say('account.why'))}
      </tr>
    </thead>
    <tbody>
      ${abilities.map(
        ({ name, obstacle, scopes }) =>
          html`<tr class="c-table__row" data-ability="${name}" data-obstacle="${obstacle ?? ''}">
            <th class="c-table__row__cell" scope="row">${say.ability(name)}</th>
            <td class="c-table__row__cell">
              ${
                obstacle === undefined
                  ? html`<span class="works">${say.say('account.works')}</span>`
                  : html`<strong class="works-not">${say.say('account.works_not')}</strong>`
              }
            </td>
            <td class="c-table__row__cell">
              ${obstacle !== undefined && [say.obstacle(obstacle, scopes), ' ', say.fix(obstacle, scopes)]}
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Offered where a like should work. */
function trialForm(say: Messages, { sealed, check }: AccountView): Html | undefined {
  const like = check?.abilities.find(({ name }) => name === 'like');
  if (like?.obstacle !== undefined && like.obstacle !== 'app_access') return undefined;
  return html`<h2>${say.say('test.title')}</h2>
    <form method="post" action="/admin/trial">
      ${setupField(sealed)}
      <p>${say.say('test.text')}</p>
      <button class="c-btn">${say.say('test.start')}</button>
    </form>`;
}

function settingsForm(say: Messages, { sealed, settings, subdomain }: AccountView): Html {
  const { name, threads, backfillDays, faults } = settings;
  const max = { max: String(BACKFILL_DAYS_MAX) };
  const fault = (id: string, text: string): Html =>
    html`<span class="c-field__message" id="${id}" role="alert">${text}</span>`;
  return html`<h2>${say.say('settings.title')}</h2>
    <form method="post" action="/admin/finish">
      ${setupField(sealed)}
      <div class="c-field${faults.name === true ? ' c-field--error' : ''}">
        <label class="c-field__label" for="name">${say.say('settings.name')}</label>
        <input
          class="c-field__input"
          id="name"
          name="name"
          value="${name}"
          maxlength="${ACCOUNT_NAME_MAX_CHARS}"
          required
          aria-describedby="name-fault"
        />
        ${faults.name === true && fault('name-fault', say.say('settings.name_missing'))}
      </div>
      <fieldset>
        <legend>${say.say('settings.threads')}</legend>
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
              <label class="c-field__label" for="threads-${each}"
                >${say.say(`settings.${each}`)}</label
              >
            </div>`,
        )}
      </fieldset>
      <div class="c-field${faults.backfillDays === true ? ' c-field--error' : ''}">
        <label class="c-field__label" for="backfill">${say.say('settings.backfill')}</label>
        <span class="c-field__hint" id="backfill-hint"
          >${say.say('settings.backfill_hint', max)}</span
        >
        <input
          class="c-field__input c-field__input--short"
          id="backfill"
          name="backfill_days"
          value="${backfillDays}"
          inputmode="numeric"
          maxlength="3"
          placeholder="${BACKFILL_DAYS}"
          aria-describedby="backfill-hint backfill-fault"
        />
        ${faults.backfillDays === true && fault('backfill-fault', say.say('settings.backfill_wrong', max))}
      </div>
      <p id="goes-to">${say.say('settings.goes_to', { zendesk: `${subdomain}.zendesk.com` })}</p>
      <button class="c-btn c-btn--primary" id="save" aria-describedby="goes-to">
        ${say.say('settings.save')}
      </button>
    </form>`;
}
