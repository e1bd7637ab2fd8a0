import type { AccountFields } from '../../credentials/account.dto.js';
import type { Ability, ConnectionCheck } from '../connection/connection-check.js';
import { type Content, html, type Html } from '../../common/http/html.js';
import type { Messages } from '../messages.js';

/** The token's end, the end of the data access, and the permissions. */
export function connectionTable(
  account: AccountFields,
  check: ConnectionCheck,
  messages: Messages,
): Html {
  const { t } = messages;
  return html`<table class="c-table">
    <caption class="c-table__caption">
      ${t('account.caption')}
    </caption>
    <tbody>
      ${row(t('account.account'), `@${account.username} (${account.ig_user_id})`)}
      ${row(
        t('account.log_in'),
        check.isValid
          ? writeEnd(check.endsAt, messages)
          : html`<strong class="works-not">${t('account.ended')}</strong>`,
      )}
      ${row(
        t('account.data_access'),
        check.dataAccessEndsAt === undefined
          ? t('account.unknown')
          : [
              writeDay(check.dataAccessEndsAt, messages),
              html`<br /><span class="quiet">${t('account.data_access_hint')}</span>`,
            ],
      )}
      ${row(t('account.granted'), check.granted.join(', ') || t('account.none'))}
      ${row(t('account.missing'), check.missing.join(', ') || t('account.none'))}
    </tbody>
  </table>`;
}

function row(name: string, value: Content): Html {
  return html`<tr class="c-table__row">
    <th class="c-table__row__cell" scope="row">${name}</th>
    <td class="c-table__row__cell">${value}</td>
  </tr>`;
}

function writeEnd(endsAt: ConnectionCheck['endsAt'], messages: Messages): Content {
  if (endsAt === undefined) return messages.t('account.unknown');
  return endsAt === 'never' ? messages.t('account.no_end') : writeDay(endsAt, messages);
}

function writeDay(milliseconds: number, messages: Messages): Html {
  const iso = new Date(milliseconds).toISOString();
  return html`<time datetime="${iso}">${messages.formatDay(milliseconds)}</time>`;
}

/** The account's abilities, and the fixes for those that do not work. */
export function abilitiesTable({ abilities }: ConnectionCheck, messages: Messages): Html {
  const { t } = messages;
  const head = (name: string): Html =>
    html`<th class="c-table__row__cell" scope="col">${name}</th>`;
  return html`<table class="c-table abilities">
    <caption class="c-table__caption">
      ${t('account.abilities')}
    </caption>
    <thead>
      <tr class="c-table__row c-table__row--header">
        ${head(t('account.what'))}${head(t('account.state'))}${head(t('account.why'))}
      </tr>
    </thead>
    <tbody>
      ${abilities.map((ability) => abilityRow(ability, messages))}
    </tbody>
  </table>`;
}

function abilityRow({ name, obstacle, scopes }: Ability, messages: Messages): Html {
  const { t } = messages;
  return html`<tr class="c-table__row" data-ability="${name}" data-obstacle="${obstacle ?? ''}">
    <th class="c-table__row__cell" scope="row">${messages.nameAbility(name)}</th>
    <td class="c-table__row__cell">
      ${
        obstacle === undefined
          ? html`<span class="works">${t('account.works')}</span>`
          : html`<strong class="works-not">${t('account.works_not')}</strong>`
      }
    </td>
    <td class="c-table__row__cell">
      ${obstacle !== undefined && messages.explainObstacle(obstacle, scopes)}
    </td>
  </tr>`;
}
