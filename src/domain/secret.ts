import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * Holds a token or a key so that it cannot reach a log, an answer or an error by accident: every way
 * in which JavaScript turns a value into text gives `[redacted]`. Only `reveal()` gives the value.
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
