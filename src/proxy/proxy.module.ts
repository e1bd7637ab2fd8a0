import { Module } from '@nestjs/common';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { InstagramClientModule } from '../instagram/instagram-client.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { AbilitiesService } from './abilities.service.js';
import { AccountController } from './account/account.controller.js';
import { AccountService } from './account/account.service.js';
import { CommentActions } from './comment/comment-actions.js';
import { DeleteController } from './comment/delete/delete.controller.js';
import { DeleteService } from './comment/delete/delete.service.js';
import { HideController } from './comment/hide/hide.controller.js';
import { HideService } from './comment/hide/hide.service.js';
import { PrivateReplyController } from './comment/private-reply/private-reply.controller.js';
import { PrivateReplyService } from './comment/private-reply/private-reply.service.js';
import { FirstCallReporter } from './first-call.reporter.js';
import { LikeStateController } from './like-state/like-state.controller.js';
import { LikeStateService } from './like-state/like-state.service.js';
import { LikeController } from './like/like.controller.js';
import { LikeService } from './like/like.service.js';
import { MediaController } from './media/media.controller.js';
import { MediaService } from './media/media.service.js';
import { ProxyCallPipe } from './proxy-call.js';
import { TargetResolver } from './target-resolver.js';

/** The routes for Zendesk's authenticating proxy, one folder for each `post_to_path`. */
@Module({
  imports: [CredentialsModule, InstagramClientModule, LedgerModule],
  controllers: [
    LikeController,
    LikeStateController,
    MediaController,
    HideController,
    DeleteController,
    PrivateReplyController,
    AccountController,
  ],
  providers: [
    ProxyCallPipe,
    FirstCallReporter,
    TargetResolver,
    CommentActions,
    AbilitiesService,
    LikeService,
    LikeStateService,
    MediaService,
    HideService,
    DeleteService,
    PrivateReplyService,
    AccountService,
  ],
})
export class ProxyModule {}
