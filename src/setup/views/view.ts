import type { AccountView } from './account.view.js';
import type { ChooseView } from './choose.view.js';
import type { ConnectView } from './connect.view.js';
import type { ErrorView } from './error.view.js';
import type { HandOverView } from './hand-over.view.js';
import type { LoggedInView } from './logged-in.view.js';
import type { MoveOnView } from './move-on.view.js';
import type { NoLoginView } from './no-login.view.js';

/** The result of a step: the data of one page. */
export type View =
  ConnectView | ChooseView | AccountView | HandOverView | MoveOnView | LoggedInView | NoLoginView;

export type AnyView = View | ErrorView;
