import type { EventName, LogFields } from '../common/logging/events.js';
import type { ErrorCode } from '../domain/error-codes.js';
import { AccountGauge } from './account-gauge.js';
import type { Catalogue } from './catalogue.js';

const MS_PER_SECOND = 1000;
/** Calls from Zendesk, and the name of each in `instagram_proxy_actions_total`. */
export const ACTIONS: ReadonlyMap<unknown, string> = new Map(
  [
    '/like',
    '/like/state',
    '/media',
    '/account',
    '/comment/hide',
    '/comment/delete',
    '/comment/private-reply',
    '/pull',
    '/channelback',
  ].map((route) => [route, route.slice(1)]),
);

/**
 * Events that an alert of deploy/prometheus/alerts.yml counts. They are 0 from the start: for
 * Prometheus, a counter that appears with the value 1 did not increase.
 */
export const ALERTED_EVENTS = [
  'clock.skewed',
  'connections.refused',
  'connections.shed',
  'database.closed',
  'event.failed',
  'handles.exhausted',
  'invariant.broken',
  'ledger.line_broken',
  'ledger.write_failed',
  'metrics.failed',
  'proxy.failed',
  'request.failed',
] as const satisfies readonly EventName[];

/** Outcomes that an alert counts, for each action. They are 0 from the start too. */
export const ALERTED_OUTCOMES = [
  'internal',
  'platform_unavailable',
  'deadline_exceeded',
  'permission_missing',
] as const satisfies readonly ErrorCode[];

/**
 * Moves the metrics with each event of the log. So a place in the code reports once, and the log
 * and the metrics agree.
 */
export class EventMetrics {
  private readonly usage: AccountGauge;
  private readonly lastPulls: AccountGauge;
  private readonly loginEnds: AccountGauge;

  /** @param now milliseconds since 1970. */
  constructor(
    private readonly metrics: Catalogue,
    private readonly now: () => number,
  ) {
    this.usage = new AccountGauge(metrics.usage);
    this.lastPulls = new AccountGauge(metrics.lastPulls);
    this.loginEnds = new AccountGauge(metrics.loginEnds);
    for (const event of ALERTED_EVENTS) metrics.events.inc({ event }, 0);
    for (const action of ACTIONS.values()) {
      for (const outcome of ['ok', ...ALERTED_OUTCOMES]) {
        metrics.actions.inc({ action, outcome }, 0);
      }
    }
  }

  note(event: EventName, fields: LogFields): void {
    this.metrics.events.inc({ event });
    switch (event) {
      case 'request.answered':
        this.noteRequest(fields);
        break;
      case 'instagram.called':
        this.noteCall(fields);
        break;
      case 'gate.waited':
        this.metrics.waits.observe({ operation: String(fields.operation) }, toSeconds(fields.ms));
        break;
      case 'gate.closed':
        this.metrics.closings.inc({ reason: String(fields.reason) });
        break;
      case 'gate.usage':
        this.usage.set(String(fields.account), Number(fields.percent));
        break;
      case 'account.pulled':
        this.notePull(fields);
        break;
      case 'database.answered':
        this.metrics.ledger.observe(toSeconds(fields.ms));
        break;
      default:
    }
  }

  private noteRequest({ method, route, status, ms, outcome, resources }: LogFields): void {
    const labels = {
      http_request_method: String(method),
      http_route: String(route),
      http_response_status_code: String(status),
    };
    this.metrics.requests.observe(labels, toSeconds(ms));
    const action = ACTIONS.get(route);
    if (action === undefined) return;
    // A call without a noted outcome was refused before its route ran.
    this.metrics.actions.inc({ action, outcome: String(outcome ?? `status_${String(status)}`) });
    if (typeof resources === 'number') this.metrics.resources.inc(resources);
  }

  private noteCall({ operation, method, outcome, status, ms, graph_code }: LogFields): void {
    const labels = {
      http_request_method: String(method),
      http_response_status_code: String(status ?? 'none'),
      operation: String(operation),
    };
    this.metrics.upstream.observe(labels, toSeconds(ms));
    this.metrics.upstreamOutcomes.inc({
      operation: String(operation),
      outcome: String(outcome),
      graph_code: String(graph_code ?? 'none'),
    });
  }

  private notePull({ account, login_ends: endsAt }: LogFields): void {
    this.lastPulls.set(String(account), this.now() / MS_PER_SECOND);
    if (typeof endsAt === 'number') this.loginEnds.set(String(account), endsAt);
    else this.loginEnds.remove(String(account));
  }
}

function toSeconds(milliseconds: unknown): number {
  return Number(milliseconds) / MS_PER_SECOND;
}
