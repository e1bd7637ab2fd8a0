import type { LoggerService } from '@nestjs/common';
import { StartupError } from '../errors/startup-error.js';
import type { EventLog } from './event-log.js';

/**
 * Writes the framework's warnings and errors to the event log. Its messages about wiring the
 * modules are left out: they do not help an operator.
 */
export class NestLog implements LoggerService {
  constructor(private readonly events: EventLog) {}

  log(): void {
    // Messages about wiring the modules.
  }

  warn(message: unknown, context?: unknown): void {
    this.events.warn('framework.warning', { message: text(message), context: text(context) });
  }

  error(message: unknown, ...rest: unknown[]): void {
    // `main` prints it in full on standard error.
    if (message instanceof StartupError) return;
    if (message instanceof Error) {
      this.events.unexpected('framework.error', message);
    } else {
      this.events.error('framework.error', { message: text(message), context: text(rest.at(-1)) });
    }
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.error(message, ...rest);
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
