import { Module } from '@nestjs/common';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ZendeskModule } from '../zendesk/zendesk.module.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';

/** Zendesk's event callbacks. */
@Module({
  imports: [CredentialsModule, LedgerModule, ZendeskModule],
  controllers: [EventsController],
  providers: [EventsService],
})
export class EventsModule {}
