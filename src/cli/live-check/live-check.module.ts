import { type DynamicModule, Module } from '@nestjs/common';
import type { EventLog } from '../../common/logging/event-log.js';
import { CommonModule } from '../../common/common.module.js';
import { ConfigModule, type Configuration } from '../../config/index.js';
import { CredentialsModule } from '../../credentials/credentials.module.js';
import { InstagramClientModule } from '../../instagram/instagram-client.module.js';
import { LiveCheck } from './live-check.js';

/** The live check and the parts of the service that it needs, without database and HTTP server. */
@Module({})
export class LiveCheckModule {
  static forRoot(configuration: Configuration, log: EventLog): DynamicModule {
    return {
      module: LiveCheckModule,
      imports: [
        ConfigModule.forRoot(configuration),
        CommonModule.forRoot(log),
        CredentialsModule,
        InstagramClientModule,
      ],
      providers: [LiveCheck],
    };
  }
}
