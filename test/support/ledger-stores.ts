import type { Clock } from '../../src/common/clock.js';
import { AuthorDeletionService } from '../../src/ledger/deletion/author-deletion.service.js';
import { CommentAuthors } from '../../src/ledger/deletion/comment-authors.js';
import { ConnectedAccounts } from '../../src/ledger/accounts/connected-accounts.js';
import type { Database } from '../../src/ledger/database/database.js';
import { LedgerLine } from '../../src/ledger/line/ledger-line.js';
import { LedgerTime } from '../../src/ledger/database/ledger-time.js';
import { LikeLedger } from '../../src/ledger/likes/like-ledger.js';
import { Permalinks } from '../../src/ledger/tickets/permalinks.js';
import { TicketFinder } from '../../src/ledger/tickets/ticket-finder.js';
import { TicketRecorder } from '../../src/ledger/tickets/ticket-recorder.js';
import { TicketStore } from '../../src/ledger/tickets/ticket-store.js';
import { CapturedLog } from './capture.js';

export interface LedgerStores {
  readonly accounts: ConnectedAccounts;
  readonly permalinks: Permalinks;
  readonly authors: CommentAuthors;
  readonly likes: LikeLedger;
  readonly ticketStore: TicketStore;
  readonly ticketFinder: TicketFinder;
  readonly ticketRecorder: TicketRecorder;
  readonly authorDeletion: AuthorDeletionService;
}

/** Makes a test's clock the ledger's, also on PostgreSQL. */
export function stopTime(
  database: Database,
  clock: Clock,
  log = new CapturedLog().log,
): { time: LedgerTime; line: LedgerLine } {
  const time = new LedgerTime({ engine: 'sqlite', db: database.db }, clock);
  return { time, line: new LedgerLine(database, time, log) };
}

/** The stores of a ledger, wired as in `LedgerModule`. */
export function createStores(database: Database, clock: Clock): LedgerStores {
  const accounts = new ConnectedAccounts(database, clock);
  const permalinks = new Permalinks(database);
  const authors = new CommentAuthors(database, clock);
  const { time, line } = stopTime(database, clock);
  const likes = new LikeLedger(database, clock, time, line);
  const ticketStore = new TicketStore(database, clock);
  return {
    accounts,
    permalinks,
    authors,
    likes,
    ticketStore,
    ticketFinder: new TicketFinder(ticketStore, accounts, new CapturedLog().log),
    ticketRecorder: new TicketRecorder(database, ticketStore, accounts, permalinks, authors),
    authorDeletion: new AuthorDeletionService(
      database,
      clock,
      authors,
      accounts,
      likes,
      ticketStore,
    ),
  };
}
