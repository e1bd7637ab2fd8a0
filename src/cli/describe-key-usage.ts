import { readEvents } from '../common/logging/log-reader.js';
import type { CredentialsKey } from '../config/index.js';

/** Accounts that are listed; for the others, their number is enough. */
const LISTED_MAX = 10;

/** The last pull of an account at one Zendesk, from the service's log. */
interface LastPull {
  /** The account and its Zendesk: an account that is connected at two has two seals. */
  readonly account: string;
  readonly key: string;
  /** When the seal was made, as ISO 8601. Seals of earlier versions have no time. */
  readonly sealedAt: string | undefined;
  /** ISO 8601 in UTC, so times compare as text. */
  readonly at: string;
}

/**
 * Describes the configured keys and how to retire one. The log shows which accounts still use a
 * key: each pull's line names the key of the seal that Zendesk sent.
 *
 * @param log lines of the service's log.
 */
export function describeKeyUsage(keys: readonly CredentialsKey[], log: string): string {
  const pulls = readLastPulls(log);
  const [first, ...old] = keys.map(({ kid }) => kid);
  const roles = [`  ${first ?? ''}  seals and opens`, ...old.map((kid) => `  ${kid}  opens only`)];
  return [
    'Keys, the first one first:',
    '',
    ...roles,
    '',
    ...(pulls.length === 0
      ? [
          "The service's log shows which accounts use which key. Give it on standard input:",
          '  npm run --silent metadata -- keys < service.log',
        ]
      : [
          'Accounts by the key of their last pull:',
          '',
          ...listByKey(pulls, keys),
          '',
          ...listByAge(pulls),
        ]),
    '',
    HOW_TO,
  ].join('\n');
}

const HOW_TO = `To retire a key:

  1. Several processes: put the new key last (old:…,new:…) and restart them all.
     Then each of them can open it.
  2. Put the new key first (new:…,old:…) and restart. From now on the new key seals.
  3. Wait: each account's next pull, some two minutes later, gives Zendesk the account on the new
     key. Zendesk does not pull an account that is switched off there. Switch it on for one pull,
     or have an admin edit and save it.
  4. Run this command again, until no account is on the old key. It knows only the accounts in the
     log that you give it. So give it the log since step 2, and at least some minutes.
  5. Remove the old key (new:…) and restart.

What breaks if you remove it too early: an account that is still on it does not open. Its hearts and
replies get metadata_invalid. Its pulls get 401, and then Zendesk may switch it off, and an admin
has to connect it again. Nothing is lost at Instagram, and its tickets stay. To undo all of it at
once, put the key back, so keep it until you are sure. Admins whose setup page is open at that
moment have to start again.

If a key has leaked, remove it at once all the same, and revoke the accounts' tokens at Meta.

If only a seal has leaked, CREDENTIALS_NOT_BEFORE revokes it without a new key: see
docs/operations.md.`;

function readLastPulls(log: string): readonly LastPull[] {
  const pulls = new Map<string, LastPull>();
  // Logs of several processes are not in the order of time.
  for (const line of readEvents(log, 'request.answered')) {
    const { route, account: igUserId, subdomain, key, sealed_at: sealed, time: at } = line;
    if (route !== '/pull') continue;
    if (typeof igUserId !== 'string' || typeof key !== 'string' || typeof at !== 'string') continue;
    const account = typeof subdomain === 'string' ? `${igUserId} at ${subdomain}` : igUserId;
    const last = pulls.get(account);
    const sealedAt = typeof sealed === 'string' ? sealed : undefined;
    if (last === undefined || at >= last.at) pulls.set(account, { account, key, sealedAt, at });
  }
  return [...pulls.values()];
}

/** The oldest seals: `CREDENTIALS_NOT_BEFORE` must not be later than any of them. */
function listByAge(pulls: readonly LastPull[]): string[] {
  const undated = pulls.filter(({ sealedAt }) => sealedAt === undefined);
  if (undated.length > 0) {
    return [
      `${count(undated)} on a seal without a time: ` +
        'leave CREDENTIALS_NOT_BEFORE unset until they are pulled again',
      ...listPulls(undated),
    ];
  }
  const oldest = pulls
    .map(({ sealedAt, account }) => `  ${sealedAt ?? ''}  ${account}`)
    .sort()
    .slice(0, LISTED_MAX);
  return [
    'The oldest seals, by when they were made:',
    '',
    ...oldest,
    '',
    'CREDENTIALS_NOT_BEFORE may be the first of these times or earlier, if the log covers every',
    'account.',
  ];
}

function listByKey(pulls: readonly LastPull[], keys: readonly CredentialsKey[]): string[] {
  const configured = new Set(keys.map(({ kid }) => kid));
  const unknown = pulls.filter(({ key }) => !configured.has(key));
  const missing =
    unknown.length === 0
      ? []
      : [
          `  ${count(unknown)} ${unknown.length === 1 ? 'is' : 'are'} on a key that ` +
            'CREDENTIALS_KEYS does not have: put it back',
        ];
  const perKey = keys.flatMap(({ kid }, index) => {
    const accounts = pulls.filter(({ key }) => key === kid);
    const line = `  ${kid}  ${count(accounts)}`;
    if (index === 0) return [line];
    if (accounts.length === 0) return [`${line}: it can be retired, if the log covers them all`];
    return [`${line}: not yet`, ...listPulls(accounts)];
  });
  return [...perKey, ...missing];
}

function count({ length }: readonly LastPull[]): string {
  return `${String(length)} ${length === 1 ? 'account' : 'accounts'}`;
}

function listPulls(pulls: readonly LastPull[]): string[] {
  const lines = pulls
    .slice(0, LISTED_MAX)
    .map(({ account, at }) => `      ${account}, last pulled ${at}`);
  const more = pulls.length - lines.length;
  return [...lines, ...(more > 0 ? [`      and ${String(more)} more`] : [])];
}
