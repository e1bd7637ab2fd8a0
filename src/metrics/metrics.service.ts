import { X509Certificate } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';
import { Clock } from '../common/clock.js';
import { EventLog } from '../common/logging/event-log.js';
import { Configuration } from '../config/index.js';
import { Gate } from '../gate/gate.js';
import { LikeLedger } from '../ledger/likes/like-ledger.js';
import { VERSION } from '../version.js';
import { toLabel } from './account-gauge.js';
import { Catalogue } from './catalogue.js';
import { EventMetrics } from './event-metrics.js';

/** Accounts with a pause that one scrape lists. */
const HOLDS_MAX = 1000;

/** The service's metrics in Prometheus' text format. */
@Injectable()
export class MetricsService {
  private readonly registry = new Registry();
  private readonly metrics = new Catalogue(this.registry);

  constructor(
    private readonly configuration: Configuration,
    private readonly log: EventLog,
    private readonly clock: Clock,
    private readonly gate: Gate,
    private readonly likes: LikeLedger,
  ) {}

  /** Begins to count. Until then, the metrics cost nothing. */
  start(): void {
    const events = new EventMetrics(this.metrics, () => this.clock.now());
    this.log.listen((event, fields) => {
      events.note(event, fields);
    });
    this.metrics.buildInfo.set({ version: VERSION, node_version: process.versions.node }, 1);
    const { tls } = this.configuration;
    if (tls === undefined) return;
    const end = Date.parse(new X509Certificate(tls.cert).validTo);
    this.metrics.certificateEnd.set(end / 1000);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Every metric with its value of now. A database that fails leaves out its own metrics. */
  async scrape(): Promise<string> {
    await Promise.all([this.readHolds(), this.readPendingLikes()]);
    return this.registry.metrics();
  }

  private async readHolds(): Promise<void> {
    const holds = await this.gate.listHolds();
    this.metrics.holds.reset();
    const now = this.clock.now();
    for (const { igUserId, cause, until } of holds.slice(0, HOLDS_MAX)) {
      if (until > now) this.metrics.holds.set({ account: toLabel(igUserId), reason: cause }, 1);
    }
  }

  private async readPendingLikes(): Promise<void> {
    try {
      this.metrics.pendingLikes.set(await this.likes.countPending());
    } catch {
      this.metrics.pendingLikes.remove();
    }
  }
}
