import { pino, type DestinationStream, type Logger } from 'pino';
import type { ErrorLevel } from '../errors/service-error.js';
import type {
  EventName,
  Invariant,
  LogEvents,
  LogFields,
  UnexpectedEvent,
  UnexpectedFields,
} from './events.js';

/** The argument for an event's fields. It may be left out where no field is required. */
type FieldsArgument<Fields> = Partial<Fields> extends Fields ? [fields?: Fields] : [fields: Fields];

/** Gets each event, whatever the log's level. */
export type EventListener = (event: EventName, fields: LogFields) => void;

/** The fields that the caller adds to those of the error. */
type OwnFields<Name extends UnexpectedEvent> = Omit<LogEvents[Name], keyof UnexpectedFields>;

/**
 * The service's log: one JSON object a line, each an event from the catalogue in `events.ts`.
 * No method logs a whole object, so no text of a request or of Instagram's answer can slip in.
 */
export class EventLog {
  private readonly logger: Logger;
  private listener: EventListener | undefined;

  constructor(level: string, destination?: DestinationStream) {
    this.logger = pino(
      {
        level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        messageKey: 'message',
        formatters: { level: (label) => ({ level: label }) },
      },
      destination ?? pino.destination({ dest: 1, sync: true }),
    );
  }

  /** @param listener must not throw. The metrics count events. */
  listen(listener: EventListener): void {
    this.listener = listener;
  }

  /** Whether an event of the level `debug` is written or counted. */
  get hearsDebug(): boolean {
    return this.listener !== undefined || this.logger.isLevelEnabled('debug');
  }

  write<Name extends EventName>(
    level: ErrorLevel | 'debug',
    event: Name,
    ...[fields]: FieldsArgument<LogEvents[Name]>
  ): void {
    this.logger[level]({ event, ...fields });
    this.listener?.(event, fields ?? {});
  }

  debug<Name extends EventName>(event: Name, ...fields: FieldsArgument<LogEvents[Name]>): void {
    if (this.hearsDebug) this.write('debug', event, ...fields);
  }

  info<Name extends EventName>(event: Name, ...fields: FieldsArgument<LogEvents[Name]>): void {
    this.write('info', event, ...fields);
  }

  warn<Name extends EventName>(event: Name, ...fields: FieldsArgument<LogEvents[Name]>): void {
    this.write('warn', event, ...fields);
  }

  error<Name extends EventName>(event: Name, ...fields: FieldsArgument<LogEvents[Name]>): void {
    this.write('error', event, ...fields);
  }

  /** Reports a broken rule. @returns whether the rule holds, so the caller can refuse to go on. */
  check(rule: Invariant, holds: boolean): boolean {
    if (!holds) this.error('invariant.broken', { rule });
    return holds;
  }

  /**
   * Logs an unexpected error by its kind and its place in the code. Its text is left out: it can
   * quote the input that caused it, and that may be a token.
   */
  unexpected<Name extends UnexpectedEvent>(
    event: Name,
    error: unknown,
    ...[fields]: FieldsArgument<OwnFields<Name>>
  ): void {
    const all = { ...(fields as LogFields), ...describeUnexpected(error) };
    this.logger.error({ event, ...all });
    this.listener?.(event, all);
  }
}

function describeUnexpected(thrown: unknown): UnexpectedFields {
  const error = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = readFrames(error).filter((line) => /^\s+at /.test(line));
  const code = (error as NodeJS.ErrnoException).code;
  return {
    error: error.name,
    error_code: typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : undefined,
    stack: frames.map((frame) => frame.trim()).join('\n'),
  };
}

/** The lines after the error's text, which may itself look like frames. */
function readFrames({ stack = '', message }: Error): string[] {
  const textAt = stack.indexOf(message);
  // A text that was changed later is not found. Then no line is certain to be free of it.
  return textAt < 0 ? [] : stack.slice(textAt + message.length).split('\n');
}
