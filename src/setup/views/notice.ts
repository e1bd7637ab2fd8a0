import type { ErrorCode } from '../../domain/error-codes.js';
import type { MessageKey, Messages } from '../messages.js';

/** A text by its key, or the explanation of a failed call to Meta. */
type NoticeText = MessageKey | { readonly failure: ErrorCode };

/** The outcome of the last step, shown at the top of a page. */
export interface Notice {
  readonly kind: 'error' | 'success' | 'warning' | 'info';
  readonly message: NoticeText;
  /** Replaces `{why}` in the message. */
  readonly why?: NoticeText | undefined;
}

export function errorNotice(message: NoticeText): Notice {
  return { kind: 'error', message };
}

export function writeNotice({ message, why }: Notice, messages: Messages): string {
  const write = (text: NoticeText, values = {}): string =>
    typeof text === 'string' ? messages.t(text, values) : messages.explainFailure(text.failure);
  return write(message, { why: why === undefined ? '' : write(why) }).trim();
}
