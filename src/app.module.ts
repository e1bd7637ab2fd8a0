import { type DynamicModule, Module } from '@nestjs/common';
import { ChannelbackModule } from './channelback/channelback.module.js';
import { ClickthroughModule } from './clickthrough/clickthrough.module.js';
import { CommonModule } from './common/common.module.js';
import { DeadlineModule } from './common/http/deadline.module.js';
import { HttpServerModule } from './common/http/http-server.module.js';
import type { EventLog } from './common/logging/event-log.js';
import { ConfigModule, type Configuration } from './config/index.js';
import { EventsModule } from './events/events.module.js';
import { SharedGateModule } from './gate/shared-gate.module.js';
import { HealthModule } from './health/health.module.js';
import { ManifestModule } from './manifest/manifest.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { PagesModule } from './pages/pages.module.js';
import { PrivacyModule } from './privacy/privacy.module.js';
import { ProxyModule } from './proxy/proxy.module.js';
import { PullModule } from './pull/pull.module.js';
import { SetupModule } from './setup/setup.module.js';

/**
 * A pull's time after its budget, for the records and the answer. The longest budget and this stay
 * under Zendesk's minute.
 */
const PULL_REST_MS = 2000;

/** The whole service. */
@Module({})
export class AppModule {
  static forRoot(configuration: Configuration, log: EventLog): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(configuration),
        CommonModule.forRoot(log),
        HttpServerModule,
        DeadlineModule.forRoot({
          proxy: configuration.proxyDeadlineMs,
          pull: configuration.pullBudgetMs + PULL_REST_MS,
        }),
        SharedGateModule,
        ManifestModule,
        SetupModule,
        ProxyModule,
        PullModule,
        ChannelbackModule,
        ClickthroughModule,
        EventsModule,
        PagesModule,
        PrivacyModule,
        HealthModule,
        MetricsModule,
      ],
    };
  }
}
