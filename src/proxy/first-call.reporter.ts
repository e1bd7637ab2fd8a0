import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { EventLog } from '../common/logging/event-log.js';

/** Bounds of the header names in the log entry. */
const HEADERS_MAX = 40;
const HEADER_NAME = /^[a-z0-9-]{1,40}$/;

/**
 * Logs once how a proxied call arrives, for `npm run live-check`: Zendesk documents neither the
 * encoding nor the headers.
 */
@Injectable()
export class FirstCallReporter {
  private hasReported = false;

  constructor(private readonly log: EventLog) {}

  /** Logs the names of headers, never their values. Call it once the account's metadata opened. */
  report({ headers }: Pick<FastifyRequest, 'headers'>): void {
    if (this.hasReported) return;
    this.hasReported = true;
    const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
    this.log.info('proxy.first_call', {
      encoding: isForm === true ? 'form' : 'json',
      headers: Object.keys(headers)
        .filter((name) => HEADER_NAME.test(name))
        .slice(0, HEADERS_MAX)
        .join(' '),
    });
  }
}
