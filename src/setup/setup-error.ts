import type { Language, MessageKey } from './messages.js';

/** Ends a setup with a page that says why. Zendesk receives no account. */
export class SetupError extends Error {
  override readonly name = 'SetupError';

  constructor(
    readonly key: MessageKey,
    /** Undefined if the setup is unknown; the browser's language is used instead. */
    readonly language: Language | undefined,
    /** Problems of single fields, by name. */
    readonly details: readonly string[] = [],
  ) {
    super(key);
  }
}
