import sjson from 'secure-json-parse';
import { isJsonObject } from '../common/json-object.js';
import type { Account } from '../domain/account.js';
import type { Finding } from './live-check.js';

/** Digits of the account's id to show: enough for its owner to recognize it. */
const SHOWN_DIGITS = 4;
/** The longest outcome. */
const COLUMN_CHARS = 'not tried'.length;

/** The findings as text. */
export function formatReport(
  account: Account,
  findings: readonly Finding[],
  about: { readonly graphUrl: string; readonly version: string; readonly at: Date },
  log: string | undefined,
): string {
  const all = [...findings, findProxiedCall(log)];
  return [
    [
      `Live check of account …${account.igUserId.slice(-SHOWN_DIGITS)}`,
      `${about.graphUrl}/${about.version}`,
      about.at.toISOString(),
    ].join(', '),
    '',
    ...all.flatMap(({ question, outcome, detail }) => [
      `${outcome.padEnd(COLUMN_CHARS)}  ${question}`,
      ...(detail === '' ? [] : [`${' '.repeat(COLUMN_CHARS)}  ${detail}`]),
    ]),
  ].join('\n');
}

/**
 * How a proxied call reaches the service, from the service's log. Zendesk documents neither its
 * encoding nor its headers.
 */
function findProxiedCall(log: string | undefined): Finding {
  const question = 'How does a proxied call from Zendesk arrive?';
  if (log === undefined) {
    return { question, outcome: 'not tried', detail: 'click a heart, then use --log service.log' };
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
  return { question, outcome: 'no answer', detail: 'the log contains no proxied call' };
}
