import { readFileSync } from 'node:fs';

/** Environment variables as `process.env` gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** KeyedLock a variable's text into its value, or throws a `Fault`. */
export type Parse<T> = (text: string) => T;

/** What is wrong with one variable. The text never holds the variable's value. */
export class Fault extends Error {}

/** Reads variables one by one and gathers what is wrong with them, so that all faults can be told at once. */
export class EnvironmentReader {
  readonly faults: string[] = [];

  constructor(private readonly environment: Environment) {}

  /** Whether the variable has a value at all. */
  isSet(name: string): boolean {
    return this.text(name) !== undefined;
  }

  /** The variable's value, or the default where it is unset or empty. Faults give the default, and are noted. */
  optional<T, D>(name: string, parse: Parse<T>, byDefault: D): T | D {
    const text = this.text(name);
    return text === undefined ? byDefault : this.parsed(name, text, parse, byDefault);
  }

  /** The variable's value, or `undefined` with a noted fault. `hint` says how to get one. */
  required<T>(name: string, parse: Parse<T>, hint: string): T | undefined {
    const text = this.text(name);
    if (text === undefined) {
      this.faults.push(`${name} is not set: ${hint}`);
      return undefined;
    }
    return this.parsed(name, text, parse, undefined);
  }

  /** As `required`, and the value may stand in the file that `<name>_FILE` names. */
  requiredSecret<T>(name: string, parse: Parse<T>, hint: string): T | undefined {
    return this.secret(name, parse, () => {
      this.faults.push(`${name} is not set: ${hint}`);
    });
  }

  /** As `optional`, and the value may stand in the file that `<name>_FILE` names. */
  optionalSecret<T>(name: string, parse: Parse<T>): T | undefined {
    return this.secret(name, parse, () => undefined);
  }

  private secret<T>(name: string, parse: Parse<T>, whenUnset: () => void): T | undefined {
    const fileName = `${name}_FILE`;
    const file = this.text(fileName);
    const text = this.text(name);
    if (file !== undefined && text !== undefined) {
      this.faults.push(`${name} and ${fileName} are both set: set one of them`);
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

  private parsed<T, D>(name: string, text: string, parse: Parse<T>, onFault: D): T | D {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.faults.push(`${name} ${error.message}`);
      return onFault;
    }
  }

  private text(name: string): string | undefined {
    const text = this.environment[name]?.trim();
    return text === '' ? undefined : text;
  }
}

/** The text of a file, without outer blanks; a file without any is a fault, as a secret that was lost on its way. */
export function readTextFile(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new Fault(`names a file that cannot be read (${reason})`);
  }
  if (text === '') throw new Fault('names a file that is empty');
  return text;
}
