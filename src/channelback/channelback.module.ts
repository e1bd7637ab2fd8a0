import { Module } from '@nestjs/common';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { InstagramClientModule } from '../instagram/instagram-client.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ChannelbackController } from './channelback.controller.js';
import { ChannelbackService } from './channelback.service.js';

/** Posts agents' replies to Instagram. */
@Module({
  imports: [CredentialsModule, InstagramClientModule, LedgerModule],
  controllers: [ChannelbackController],
  providers: [ChannelbackService],
})
export class ChannelbackModule {}
