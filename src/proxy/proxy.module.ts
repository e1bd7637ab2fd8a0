import { Module } from '@nestjs/common';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { InstagramClientModule } from '../instagram/instagram-client.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { Abilities } from './abilities.js';
import { AccountController } from './account/account.controller.js';
import { AccountService } from './account/account.service.js';
import { CommentActions } from './comment/comment-actions.js';
import { DeleteController } from './comment/delete/delete.controller.js';
import { HideController } from './comment/hide/hide.controller.js';
import { PrivateReplyController } from './comment/private-reply/private-reply.controller.js';
import { LikeStateController } from './like-state/like-state.controller.js';
import { LikeStateService } from './like-state/like-state.service.js';
import { LikeController } from './like/like.controller.js';
import { LikeService } from './like/like.service.js';
import { MediaController } from './media/media.controller.js';
import { MediaService } from './media/media.service.js';
import { ProxyCallPipe } from './proxy-call.js';
import { TargetResolver } from './targets.js';

/** What Zendesk's authenticating proxy may POST to: one folder, one controller for each `post_to_path`. */
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
    TargetResolver,
    CommentActions,
    Abilities,
    LikeService,
    LikeStateService,
    MediaService,
    AccountService,
  ],
})
export class ProxyModule {}
