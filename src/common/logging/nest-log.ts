import type { LoggerService } from '@nestjs/common';
import { StartupError } from '../errors/startup-error.js';
import type { EventLog } from './event-log.js';

/**
 * Brings the framework's own warnings and errors into the event log. What the framework says while it wires
 * the modules together is left out: it tells an operator nothing.
 */
export class NestLog implements LoggerService {
  constructor(private readonly events: EventLog) {}

  log(): void {
    // Start-up chatter.
  }

  warn(message: unknown, context?: unknown): void {
    this.events.warn('framework.warning', { message: text(message), context: text(context) });
  }

  error(message: unknown, ...rest: unknown[]): void {
    // Told on standard error, in full, by what it stops.
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
