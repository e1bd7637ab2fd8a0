import type { ConnectionCheck } from '../connection/connection-check.js';
import type { Inspection } from '../connection/connection-inspector.js';
import { type Content, html, type Html } from '../../common/http/html.js';
import type { Messages, Translate } from '../messages.js';
import type { ConnectedSetup } from '../setup.js';
import { SETUP_PATHS } from '../setup-paths.js';
import { type AccountSettings, settingsForm } from './account-settings.js';
import { abilitiesTable, connectionTable } from './connection-tables.js';
import type { Notice } from './notice.js';
import { loginForms, noticeBox, setupField, tokenForm } from './parts.js';

/** The last page before the hand-over: the connection, a trial, the settings. */
export interface AccountView {
  readonly kind: 'account';
  readonly setup: ConnectedSetup;
  readonly inspection: Inspection;
  readonly canLogin: boolean;
  readonly settings: AccountSettings;
  readonly notice: Notice | undefined;
}

export function renderAccount(view: AccountView, sealed: string, messages: Messages): Html {
  const { t } = messages;
  const { setup, canLogin, notice, settings } = view;
  const label = t('connect.log_in_again');
  return html`${noticeBox(notice, messages)}
    <h2>${t('account.check')}</h2>
    ${inspectionPart(view, sealed, messages)}
    <h2>${t('account.other')}</h2>
    ${canLogin && loginForms({ sealed, label, isPrimary: false }, t)}
    ${tokenForm({ sealed, isOpen: false }, t)}
    ${settingsForm({ sealed, settings, subdomain: setup.subdomain }, t)}`;
}

function inspectionPart(
  { inspection, setup }: AccountView,
  sealed: string,
  messages: Messages,
): Content {
  if (inspection.kind === 'not_checked') {
    const { reason } = inspection;
    const why = reason === 'too_many' ? 'account.too_many_checks' : { failure: reason };
    return noticeBox({ kind: 'warning', message: 'account.not_checked', why }, messages);
  }
  const { check } = inspection;
  return [
    connectionTable(setup.account, check, messages),
    abilitiesTable(check, messages),
    trialForm(sealed, check, messages.t),
  ];
}

/** Offered if a like should work, or if a trial can show whether it does. */
function trialForm(sealed: string, { abilities }: ConnectionCheck, t: Translate): Content {
  const like = abilities.find(({ name }) => name === 'like');
  if (like?.obstacle !== undefined && like.obstacle !== 'app_access') return undefined;
  return html`<h2>${t('test.title')}</h2>
    <form method="post" action="${SETUP_PATHS.tryLike}">
      ${setupField(sealed)}
      <p>${t('test.text')}</p>
      <button class="c-btn">${t('test.start')}</button>
    </form>`;
}
