/**
 * Behaviour that Meta does not document; a service has to work with each choice.
 * Set with `PATCH /_control/undocumented`.
 */
export interface UndocumentedChoices {
  /** The error that a locked-out account gets. */
  lockOut: { code: number; subcode?: number };
  /** Whether the login window loses its reference to the page that opened it. */
  loginSeversOpener?: boolean;
}
