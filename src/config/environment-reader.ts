import { readFileSync } from 'node:fs';

/** Environment variables as `process.env` gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Parses a variable's text into its value, or throws a `SettingError`. */
export type Parse<T> = (text: string) => T;

/** Says what is wrong with one variable. The text never contains the variable's value. */
export class SettingError extends Error {}

/** Reads variables one by one and collects all errors, so one message can list them. */
export class EnvironmentReader {
  readonly errors: string[] = [];
  /** The variables that were asked for. */
  private readonly asked = new Set<string>();

  constructor(private readonly environment: Environment) {}

  /** The names of all settings, and of the variables that are none. */
  get names(): { readonly settings: readonly string[]; readonly others: readonly string[] } {
    const others = Object.keys(this.environment).filter((name) => !this.asked.has(name));
    return { settings: [...this.asked], others };
  }

  /** Whether the variable has a value at all. */
  isSet(name: string): boolean {
    return this.text(name) !== undefined;
  }

  /** The variable's value. The default if it is unset, empty, or invalid with a noted error. */
  optional<T, D>(name: string, parse: Parse<T>, byDefault: D): T | D {
    const text = this.text(name);
    return text === undefined ? byDefault : this.parsed(name, text, parse, byDefault);
  }

  /** The variable's value, or `undefined` with a noted error. `hint` says how to get one. */
  required<T>(name: string, parse: Parse<T>, hint: string): T | undefined {
    const text = this.text(name);
    if (text === undefined) {
      this.errors.push(`${name} is not set: ${hint}`);
      return undefined;
    }
    return this.parsed(name, text, parse, undefined);
  }

  /** Like `required`. The value may also be in the file that `<name>_FILE` names. */
  requiredSecret<T>(name: string, parse: Parse<T>, hint: string): T | undefined {
    return this.secret(name, parse, () => {
      this.errors.push(`${name} is not set: ${hint}`);
    });
  }

  /** Like `optional`. The value may also be in the file that `<name>_FILE` names. */
  optionalSecret<T>(name: string, parse: Parse<T>): T | undefined {
    return this.secret(name, parse, () => undefined);
  }

  private secret<T>(name: string, parse: Parse<T>, whenUnset: () => void): T | undefined {
    const fileName = `${name}_FILE`;
    const file = this.text(fileName);
    const text = this.text(name);
    if (file !== undefined && text !== undefined) {
      this.errors.push(`${name} and ${fileName} are both set: set one of them`);
      return undefined;
    }
    if (file !== undefined) {
      const content = this.parsed(fileName, file, readTextFile, undefined);
      return content === undefined ? undefined : this.parsed(fileName, content, parse, undefined);
    }
    if (text === undefined) {
      whenUnset();
      return undefined;
    }
    return this.parsed(name, text, parse, undefined);
  }

  private parsed<T, D>(name: string, text: string, parse: Parse<T>, onError: D): T | D {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      this.errors.push(`${name} ${error.message}`);
      return onError;
    }
  }

  private text(name: string): string | undefined {
    this.asked.add(name);
    const text = this.environment[name]?.trim();
    return text === '' ? undefined : text;
  }
}

/** A file's text without outer whitespace. An empty file is an error: its secret may be lost. */
export function readTextFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new SettingError(`names a file that cannot be read (${reason})`);
  }
  if (text === '') throw new SettingError('names a file that is empty');
  return text;
}
