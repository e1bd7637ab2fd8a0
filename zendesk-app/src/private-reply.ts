/** The longest private reply, in bytes of UTF-8 (Messenger Platform, "Send API"). */
export const MESSAGE_MAX_BYTES = 1_000;

/** Instagram accepts a private reply to a comment for seven days (Meta, "Private replies"). */
const REPLY_WINDOW_MS = 7 * 86_400_000;

const encoder = new TextEncoder();

/** Counts the bytes of a text in UTF-8. */
export function countBytes(text: string): number {
  return encoder.encode(text).length;
}

/** Whether the service accepts the text as a private reply. */
export function isSendable(message: string): boolean {
  return message.trim() !== '' && countBytes(message) <= MESSAGE_MAX_BYTES;
}

/** Whether a comment is too old for a private reply. An unknown time is not. */
export function isTooOld(createdAt: string, now: number): boolean {
  return now - Date.parse(createdAt) > REPLY_WINDOW_MS;
}
