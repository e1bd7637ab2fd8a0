import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { InstagramClientModule } from '../instagram/instagram-client.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { AdminController } from './admin.controller.js';
import { AdminPages } from './admin-page.js';
import { AssetsController } from './assets.controller.js';
import { ConnectionChecker } from './connection-checker.service.js';
import { LikeTrial } from './like-trial.js';
import { LogInWindow } from './log-in-window.service.js';
import { SetUpController } from './set-up.controller.js';
import { SetUpService } from './set-up.service.js';
import { SetUps } from './set-up.js';

/** The set-up of an account in Zendesk's Admin Center, with Facebook Login. */
@Module({
  imports: [CredentialsModule, InstagramClientModule, LedgerModule],
  controllers: [AdminController, AssetsController, SetUpController],
  providers: [AdminPages, Clock, ConnectionChecker, LikeTrial, LogInWindow, SetUps, SetUpService],
})
export class AdminModule {}
