import type { SqliteCommand, SqliteResult, SqliteScriptAnswer } from './sqlite-executor.js';
import { fromSentError, type SentError, toSentError } from './worker-messages.js';

type ScriptsCommand = Extract<SqliteCommand, { kind: 'scripts' }>;

/** SQL texts that both threads know by a number. Any other text travels with its step. */
const TEXTS_MAX = 200;

/** The text or its number, the values, and the id of the row that the step must return. */
type SentStep = [string | number, readonly unknown[], number?];

/**
 * Scripts as one JSON text. Node would copy their objects field by field, which takes longer than
 * the statements. Values are strings, numbers and null.
 */
export interface SentScripts {
  readonly kind: 'sent_scripts';
  /** Texts that get the next numbers. */
  readonly newTexts: readonly string[];
  readonly scripts: string;
  readonly commits: boolean;
}

/** Prepares scripts for the other thread. */
export class ScriptEncoder {
  private readonly numbers = new Map<string, number>();

  /** @throws {TypeError} a value is not JSON. The texts get no numbers then. */
  encode({ scripts, commits }: ScriptsCommand): SentScripts {
    const newTexts = new Map<string, number>();
    const sent = scripts.map((script) =>
      script.map(({ sql, parameters, mustReturnId }): SentStep => {
        const text = this.shorten(sql, newTexts);
        return mustReturnId === undefined ? [text, parameters] : [text, parameters, mustReturnId];
      }),
    );
    const json = JSON.stringify(sent);
    for (const [sql, number] of newTexts) this.numbers.set(sql, number);
    return { kind: 'sent_scripts', newTexts: [...newTexts.keys()], scripts: json, commits };
  }

  private shorten(sql: string, newTexts: Map<string, number>): string | number {
    const known = this.numbers.get(sql) ?? newTexts.get(sql);
    if (known !== undefined) return known;
    const number = this.numbers.size + newTexts.size;
    if (number >= TEXTS_MAX) return sql;
    newTexts.set(sql, number);
    return number;
  }
}

/** Reads what one `ScriptEncoder` prepared. */
export class ScriptDecoder {
  private readonly texts: string[] = [];

  decode({ newTexts, scripts, commits }: SentScripts): ScriptsCommand {
    this.texts.push(...newTexts);
    const sent = JSON.parse(scripts) as SentStep[][];
    return {
      kind: 'scripts',
      scripts: sent.map((script) =>
        script.map(([text, parameters, mustReturnId]) => ({
          sql: typeof text === 'string' ? text : (this.texts[text] ?? ''),
          parameters,
          mustReturnId,
        })),
      ),
      commits,
    };
  }
}

type SentAnswer = Exclude<SqliteScriptAnswer, { error: Error }> | { readonly error: SentError };

/** The answers of scripts as JSON. */
export function toSentAnswers({ rows }: SqliteResult): string {
  return JSON.stringify(
    (rows as SqliteScriptAnswer[]).map((answer): SentAnswer =>
      'error' in answer ? { error: toSentError(answer.error) } : answer,
    ),
  );
}

/** The reverse of `toSentAnswers`. */
export function fromSentAnswers(sent: string): SqliteResult {
  const rows = (JSON.parse(sent) as SentAnswer[]).map((answer): SqliteScriptAnswer =>
    'error' in answer ? { error: fromSentError(answer.error) } : { rows: answer.rows },
  );
  return { rows, changes: 0, lastInsertRowid: 0, wrote: false };
}
