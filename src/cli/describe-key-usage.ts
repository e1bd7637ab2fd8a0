import sjson from 'secure-json-parse';
import { isJsonObject } from '../common/json-object.js';
import type { CredentialsKey } from '../config/index.js';

/** Accounts that are named one by one; of more, their number is enough. */
const NAMED_MAX = 10;

/** A connection's last pull, as the log tells of it. */
interface LastPull {
  /** The account, and the Zendesk that pulls it: at two Zendesks, one account is sealed twice. */
  readonly account: string;
  readonly key: string;
  /** When the seal was made, as ISO 8601; undefined for a seal of an earlier version. */
  readonly sealedAt: string | undefined;
  /** ISO 8601, UTC, as the log has it, so that times compare as text. */
  readonly at: string;
}

/**
 * What an operator has to know to retire a key. Which accounts are still on it only the service's log tells: each pull's line names the key of what
 * Zendesk sent.
 *
 * @param log lines of the service's log; others are passed over.
 */
export function describeKeyUsage(keys: readonly CredentialsKey[], log: string): string {
  const pulls = lastPulls(log);
  const [first, ...old] = keys.map(({ kid }) => kid);
  const roles = [`  ${first ?? ''}  seals and opens`, ...old.map((kid) => `  ${kid}  opens only`)];
  return [
    'Keys, the first one first:',
    '',
    ...roles,
    '',
    ...(pulls.length === 0
      ? [
          'Which accounts are on which key, the log tells: give it on standard input.',
          '  npm run --silent metadata -- keys < service.log',
        ]
      : [
          'Accounts by the key of their last pull:',
          '',
          ...accountsByKey(pulls, keys),
          '',
          ...accountsByTime(pulls),
        ]),
    '',
    HOW_TO,
  ].join('\n');
}

const HOW_TO = `To retire a key:

  1. Several processes: put the new key last (old:…,new:…) and restart them all, so that each opens it.
  2. Put the new key first (new:…,old:…) and restart. From now on the new key seals.
  3. Wait: each account's next pull, some two minutes later, gives Zendesk the account on the new key.
     An account that is switched off in Zendesk is not pulled. Switch it on for one pull, or have an
     admin edit and save it.
  4. Look here again: no account may be on the old key. Only what the log covers is told, so give it
     the log since step 2, and some minutes of it.
  5. Take the old key out (new:…) and restart.

What breaks if it is taken out early: an account that is still on it does not open. Its hearts and
replies are answered metadata_invalid, its pulls 401, after which Zendesk may switch it off, and an
admin has to connect it anew. Nothing is lost at Instagram, and its tickets stay. Putting the key back
mends all of it at once, so keep it until you are sure. Set-ups that are open in an admin's browser at
that moment have to be begun again.

If a key has leaked, take it out at once all the same, and end the accounts' tokens at Meta.

If only a seal has leaked, CREDENTIALS_NOT_BEFORE revokes it without a new key: see docs/operations.md.`;

function lastPulls(log: string): readonly LastPull[] {
  const pulls = new Map<string, LastPull>();
  // Logs of several processes are in no order, so that the times count.
  for (const line of log.split('\n')) {
    const json: unknown = sjson.safeParse(line);
    if (!isJsonObject(json) || json.event !== 'request.answered' || json.route !== '/pull')
      continue;
    const { account: igUserId, subdomain, key, sealed_at: sealed, time: at } = json;
    if (typeof igUserId !== 'string' || typeof key !== 'string' || typeof at !== 'string') continue;
    const account = typeof subdomain === 'string' ? `${igUserId} at ${subdomain}` : igUserId;
    const last = pulls.get(account);
    const sealedAt = typeof sealed === 'string' ? sealed : undefined;
    if (last === undefined || at >= last.at) pulls.set(account, { account, key, sealedAt, at });
  }
  return [...pulls.values()];
}

/** What an operator needs to choose `CREDENTIALS_NOT_BEFORE`: it must not be later than any account's seal. */
function accountsByTime(pulls: readonly LastPull[]): string[] {
  const undated = pulls.filter(({ sealedAt }) => sealedAt === undefined);
  if (undated.length > 0) {
    return [
      `${countOf(undated)} on a seal without a time: leave CREDENTIALS_NOT_BEFORE unset until they are pulled again`,
      ...named(undated),
    ];
  }
  const oldest = pulls
    .map(({ sealedAt, account }) => `  ${sealedAt ?? ''}  ${account}`)
    .sort()
    .slice(0, NAMED_MAX);
  return [
    'The oldest seals, by when they were made:',
    '',
    ...oldest,
    '',
    'CREDENTIALS_NOT_BEFORE may be the first of these times or earlier, if the log covers every account.',
  ];
}

function accountsByKey(pulls: readonly LastPull[], keys: readonly CredentialsKey[]): string[] {
  const configured = new Set(keys.map(({ kid }) => kid));
  const unknown = pulls.filter(({ key }) => !configured.has(key)).length;
  const missing =
    unknown === 0
      ? []
      : [
          `  ${String(unknown)} ${unknown === 1 ? 'account is' : 'accounts are'} on a key that CREDENTIALS_KEYS does not have: put it back`,
        ];
  const perKey = keys.flatMap(({ kid }, index) => {
    const accounts = pulls.filter(({ key }) => key === kid);
    const count = `  ${kid}  ${countOf(accounts)}`;
    if (index === 0) return [count];
    if (accounts.length === 0) return [`${count}: it can be retired, if the log covers them all`];
    return [`${count}: not yet`, ...named(accounts)];
  });
  return [...perKey, ...missing];
}

function countOf({ length }: readonly LastPull[]): string {
  return `${String(length)} ${length === 1 ? 'account' : 'accounts'}`;
}

function named(pulls: readonly LastPull[]): string[] {
  const lines = pulls
    .slice(0, NAMED_MAX)
    .map(({ account, at }) => `      ${account}, last pulled ${at}`);
  const more = pulls.length - lines.length;
  return [...lines, ...(more > 0 ? [`      and ${String(more)} more`] : [])];
}
