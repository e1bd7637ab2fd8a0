import { Module } from '@nestjs/common';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { InstagramClientModule } from '../instagram/instagram-client.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ZendeskModule } from '../zendesk/zendesk.module.js';
import { PullMemory } from './pull-memory.js';
import { PullDeliveries } from './pull-deliveries.js';
import { PullController } from './pull.controller.js';
import { PullService } from './pull.service.js';

/** Hands new comments to Zendesk, which turns them into tickets. */
@Module({
  imports: [CredentialsModule, InstagramClientModule, LedgerModule, ZendeskModule],
  controllers: [PullController],
  providers: [PullMemory, PullDeliveries, PullService],
})
export class PullModule {}
