import { readEvents } from '../../common/logging/log-reader.js';
import type { Account } from '../../domain/account.js';
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
  const last = readEvents(log, 'proxy.first_call').at(-1);
  if (last === undefined) {
    return { question, outcome: 'no answer', detail: 'the log contains no proxied call' };
  }
  const { encoding, headers } = last;
  return { question, outcome: 'ok', detail: `${String(encoding)}; headers: ${String(headers)}` };
}
