import { SETUP_PATHS } from '../setup-paths.js';

/** Element ids that both the views and `setup.js` use. */
export const PAGE_IDS = {
  /** Opens the login window. */
  loginForm: 'log-in',
  /** Reports a blocked window. */
  blocked: 'blocked',
  /** Waits for the login window; contains `continueForm`. */
  waiting: 'waiting',
  continueForm: 'continue',
  /** Asks for the code of the login window; part of `continueForm`. */
  code: 'code',
  /** Submits itself. */
  handOverForm: 'hand-over',
} as const;

/** Available to `setup.js` as the constant `PAGE`. */
export const PAGE_CONSTANTS = { ids: PAGE_IDS, progressPath: SETUP_PATHS.loginProgress };
