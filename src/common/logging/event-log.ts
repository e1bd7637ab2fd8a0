import { pino, type DestinationStream, type Logger } from 'pino';
import type { ErrorLevel, LogFields } from '../errors/service-error.js';

/**
 * The service's log: one JSON object a line, each a named event with fields that the caller chose. There is no way
 * to log an object as it is, so that nothing from a request or from an answer can slip in.
 */
export class EventLog {
  private readonly logger: Logger;

  constructor(level: string, destination?: DestinationStream) {
    this.logger = pino(
      { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'message' },
      destination ?? pino.destination({ dest: 1, sync: true }),
    );
  }

  write(level: ErrorLevel, event: string, fields: LogFields = {}): void {
    this.logger[level]({ event, ...fields });
  }

  info(event: string, fields?: LogFields): void {
    this.write('info', event, fields);
  }

  warn(event: string, fields?: LogFields): void {
    this.write('warn', event, fields);
  }

  error(event: string, fields?: LogFields): void {
    this.write('error', event, fields);
  }

  /**
   * Notes a failure that nobody foresaw. Only the error's kind and the places in the code are kept: the
   * text of such an error can quote what it choked on, and that may be a token.
   */
  unexpected(event: string, error: unknown, fields?: LogFields): void {
    this.error(event, { ...fields, ...describeUnexpected(error) });
  }
}

function describeUnexpected(thrown: unknown): LogFields {
  const error = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  if (!(error instanceof Error)) return { error: typeof error };
  const frames = framesOf(error).filter((line) => /^\s+at /.test(line));
  const code = (error as NodeJS.ErrnoException).code;
  return {
    error: error.name,
    error_code: typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : undefined,
    stack: frames.map((frame) => frame.trim()).join('\n'),
  };
}

/** The stack begins with the error's text, which may look like frames itself. */
function framesOf({ stack = '', message }: Error): string[] {
  const textAt = stack.indexOf(message);
  // A text that was changed later is not found: then nothing of the stack is sure to be free of it.
  return textAt < 0 ? [] : stack.slice(textAt + message.length).split('\n');
}
