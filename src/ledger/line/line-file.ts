import { readFile, rename, writeFile } from 'node:fs/promises';
import sjson from 'secure-json-parse';
import { isJsonObject } from '../../common/json-object.js';

export interface LineFileContent {
  readonly ledger: string;
  readonly number: number;
}

/**
 * The small file beside a SQLite database. It holds the ledger's id and the last number of its
 * pulls, so a database that was replaced by an older copy is noticed at the next start.
 */
export class LineFile {
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly path: string) {}

  /** @throws the error of the file system, except if the file is missing. */
  async read(): Promise<LineFileContent | 'missing' | 'unreadable'> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'missing';
      throw error;
    }
    const json: unknown = sjson.safeParse(text);
    if (!isJsonObject(json)) return 'unreadable';
    const { ledger, number } = json;
    if (typeof ledger !== 'string' || !Number.isSafeInteger(number)) return 'unreadable';
    return { ledger, number: number as number };
  }

  /**
   * Replaces the file after earlier calls have. Without a flush: a power cut may leave the earlier
   * file, and an earlier number is not taken for a copy.
   */
  write(content: LineFileContent): Promise<void> {
    const next = this.writing.then(() => this.replace(content));
    this.writing = next.catch(() => undefined);
    return next;
  }

  /** Resolves when the file is not being written. */
  settle(): Promise<void> {
    return this.writing;
  }

  private async replace(content: LineFileContent): Promise<void> {
    const draft = `${this.path}.new`;
    await writeFile(draft, `${JSON.stringify(content)}\n`, { mode: 0o600 });
    await rename(draft, this.path);
  }
}
