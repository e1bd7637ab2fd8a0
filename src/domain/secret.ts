import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * Keeps a token or key out of logs, answers and errors: every conversion to text that JavaScript
 * offers returns `[redacted]`. Only `reveal()` returns the value.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
