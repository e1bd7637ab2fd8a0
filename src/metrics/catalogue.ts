import {
  collectDefaultMetrics,
  Counter,
  type CounterConfiguration,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  type Registry,
} from 'prom-client';

/** Seconds. The longest deadline is 60 s. */
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Seconds. A commit waits for the disk, usually for a few milliseconds. */
const COMMITS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5];

/**
 * Every metric of the service, besides those of the Node process (`nodejs_` and `process_`). HTTP
 * durations have the names and labels of OpenTelemetry's semantic conventions. An `account` label
 * is a hash, so no one who reads the metrics sees an account's id.
 */
export class Catalogue {
  readonly buildInfo = this.gauge({
    name: 'instagram_proxy_build_info',
    help: 'The running version; always 1.',
    labelNames: ['version', 'node_version'],
  });
  readonly requests = this.histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Time from a request to its answer.',
    labelNames: ['http_request_method', 'http_route', 'http_response_status_code'],
    buckets: DURATIONS,
  });
  /** `action`: the route of a call from Zendesk, such as `like`, `pull` or `channelback`. */
  readonly actions = this.counter({
    name: 'instagram_proxy_actions_total',
    help: 'Calls from Zendesk, by what they asked for and their outcome: ok or an error code.',
    labelNames: ['action', 'outcome'],
  });
  readonly upstream = this.histogram({
    name: 'http_client_request_duration_seconds',
    help: 'Time from a call to Meta to its answer.',
    labelNames: ['http_request_method', 'http_response_status_code', 'operation'],
    buckets: DURATIONS,
  });
  readonly upstreamOutcomes = this.counter({
    name: 'instagram_proxy_upstream_calls_total',
    help: "Calls to Meta, by Meta's error code. The outcome is ok or an error code.",
    labelNames: ['operation', 'outcome', 'graph_code'],
  });
  readonly waits = this.histogram({
    name: 'instagram_proxy_gate_wait_seconds',
    help: 'How long calls waited for the pace of their account.',
    labelNames: ['operation'],
    buckets: DURATIONS,
  });
  readonly closings = this.counter({
    name: 'instagram_proxy_gate_closed_total',
    help: 'How often the gate paused calls after a refusal by Meta.',
    labelNames: ['reason'],
  });
  readonly holds = this.gauge({
    name: 'instagram_proxy_gate_holds',
    help: 'Pauses of now: 1 for each account and reason. The account `app` is the Meta app.',
    labelNames: ['account', 'reason'],
  });
  readonly usage = this.gauge({
    name: 'instagram_proxy_meta_usage_percent',
    help: "The highest counter of Meta's limits in its last answer.",
    labelNames: ['account'],
  });
  readonly resources = this.counter({
    name: 'instagram_proxy_pull_resources_total',
    help: 'Comments and posts that pulls returned to Zendesk.',
  });
  readonly lastPulls = this.gauge({
    name: 'instagram_proxy_last_pull_timestamp_seconds',
    help: 'When an account was last pulled, Unix time.',
    labelNames: ['account'],
  });
  readonly loginEnds = this.gauge({
    name: 'instagram_proxy_login_end_timestamp_seconds',
    help: 'When the login of an account ends, Unix time; missing if it does not end.',
    labelNames: ['account'],
  });
  readonly certificateEnd = this.gauge({
    name: 'instagram_proxy_certificate_end_timestamp_seconds',
    help: 'When the TLS certificate of the service ends, Unix time; missing without one.',
  });
  readonly pendingLikes = this.gauge({
    name: 'instagram_proxy_pending_likes',
    help: 'Likes with an unknown outcome or in progress, counted up to 10,000.',
  });
  readonly ledger = this.histogram({
    name: 'instagram_proxy_ledger_seconds',
    help: 'Time of a script of the ledger, with its commit if it writes.',
    buckets: COMMITS,
  });
  readonly events = this.counter({
    name: 'instagram_proxy_log_events_total',
    help: 'Events of the log, written or not at the level of the log.',
    labelNames: ['event'],
  });

  constructor(private readonly registry: Registry) {
    collectDefaultMetrics({ register: registry });
  }

  private counter<Label extends string>(options: CounterConfiguration<Label>): Counter<Label> {
    return new Counter({ ...options, registers: [this.registry] });
  }

  private gauge<Label extends string>(options: GaugeConfiguration<Label>): Gauge<Label> {
    return new Gauge({ ...options, registers: [this.registry] });
  }

  private histogram<Label extends string>(
    options: HistogramConfiguration<Label>,
  ): Histogram<Label> {
    return new Histogram({ ...options, registers: [this.registry] });
  }
}
