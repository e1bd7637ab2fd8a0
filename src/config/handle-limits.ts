/**
 * Handles for everything except clients and Instagram: at start Node and the service have about 30
 * open, PostgreSQL adds 11, and the rest is for files and for connections that are closing.
 */
const RESERVED_HANDLES = 64;
/** At 30 KB of memory each, clients' connections need at most 360 MB. */
const CLIENTS_MAX = 12_000;
/** Below this number no load would be served; Node itself needs about 30 handles. */
const CONNECTIONS_MIN = 8;

/** How the process's open files are divided. */
export interface HandleLimits {
  /** Files and connections that the system lets the process open; undefined if unknown. */
  readonly handles: number | undefined;
  /** Connections from clients. */
  readonly clients: number;
  /** Connections to Instagram, at most as many as the setting allows. */
  readonly instagram: number;
  /** Whether there are too few handles for `INSTAGRAM_MAX_CONNECTIONS` and as many clients. */
  readonly tooFew: boolean;
  /** The number of handles that would be enough. */
  readonly enough: number;
}

/**
 * Divides the handles. Each call to Instagram belongs to a client that waits for it, so clients get
 * at least as many as Instagram.
 */
export function divideHandles(
  handles: number | undefined,
  instagramMaxConnections: number,
): HandleLimits {
  const enough = RESERVED_HANDLES + 2 * instagramMaxConnections;
  const free = (handles ?? Infinity) - RESERVED_HANDLES;
  const instagram = Math.min(
    instagramMaxConnections,
    Math.max(CONNECTIONS_MIN, Math.floor(free / 2)),
  );
  const clients = Math.min(CLIENTS_MAX, Math.max(CONNECTIONS_MIN, free - instagram));
  return { handles, clients, instagram, tooFew: (handles ?? Infinity) < enough, enough };
}

/**
 * The number of files and connections that this process may have open. Node raises the limit to the
 * highest value that the system allows before this code runs. Undefined on Windows.
 */
export function readHandleLimit(): number | undefined {
  const report = process.report.getReport() as {
    userLimits?: { open_files?: { soft?: unknown } };
  };
  const soft = report.userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : undefined;
}
