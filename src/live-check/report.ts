import sjson from 'secure-json-parse';
import { isJsonObject } from '../common/json-object.js';
import type { Account } from '../domain/account.js';
import type { Finding } from './live-check.js';

/** Of an account's id, so much is shown: its owner knows it again. */
const SHOWN_DIGITS = 4;

/** The findings, to be read by people. */
export function formatReport(
  account: Account,
  findings: readonly Finding[],
  about: { readonly graphUrl: string; readonly version: string; readonly at: Date },
  log: string | undefined,
): string {
  const all = [...findings, proxiedCallIn(log)];
  return [
    `Live check of account …${account.igUserId.slice(-SHOWN_DIGITS)}, ${about.graphUrl}/${about.version}, ${about.at.toISOString()}`,
    '',
    ...all.map(
      ({ question, outcome, detail }) =>
        `${outcome.padEnd('not tried'.length)}  ${question}${detail === '' ? '' : `\n           ${detail}`}`,
    ),
  ].join('\n');
}

/** How a proxied call reaches the service, as the service's log tells: Zendesk documents neither its encoding nor its headers. */
function proxiedCallIn(log: string | undefined): Finding {
  const question = 'How does a proxied call of Zendesk’s arrive?';
  if (log === undefined) {
    return { question, outcome: 'not tried', detail: 'click a heart, then give --log service.log' };
  }
  for (const line of log.split('\n').reverse()) {
    const json: unknown = sjson.safeParse(line);
    if (isJsonObject(json) && json.event === 'proxy.first_call') {
      const { encoding, headers } = json;
      return {
        question,
        outcome: 'ok',
        detail: `${String(encoding)}; headers: ${String(headers)}`,
      };
    }
  }
  return { question, outcome: 'no answer', detail: 'no proxied call stands in that log' };
}
