import type { Language, MessageKey } from './messages.js';

/** A set-up that cannot go on, with what the admin is told. Nothing is handed to Zendesk. */
export class SetupError extends Error {
  override readonly name = 'SetupError';

  constructor(
    readonly key: MessageKey,
    /** Undefined where the set-up does not tell it: then the browser's. */
    readonly language: Language | undefined,
    /** What is wrong with single fields, by name. */
    readonly details: readonly string[] = [],
  ) {
    super(key);
  }
}
