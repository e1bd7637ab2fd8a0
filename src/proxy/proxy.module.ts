import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { InstagramClientModule } from '../instagram/instagram-client.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { LikeStateController } from './like-state/like-state.controller.js';
import { LikeStateService } from './like-state/like-state.service.js';
import { LikeController } from './like/like.controller.js';
import { LikeService } from './like/like.service.js';
import { ProxyCallPipe } from './proxy-call.js';

/** What Zendesk's authenticating proxy may POST to: one folder, one controller for each `post_to_path`. */
@Module({
  imports: [CredentialsModule, InstagramClientModule, LedgerModule],
  controllers: [LikeController, LikeStateController],
  providers: [Clock, ProxyCallPipe, LikeService, LikeStateService],
})
export class ProxyModule {}
