/** Sealed in the database while a login waits for its page. */
export interface LoginNote {
  /** Facebook's one-time code. */
  readonly code: string;
  /** The code that the login window shows. */
  readonly confirmation: string;
}
