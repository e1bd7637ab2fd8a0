import { Module } from '@nestjs/common';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { InstagramClientModule } from '../instagram/instagram-client.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { AdminController } from './admin.controller.js';
import { AdminPages } from './admin-page.js';
import { AssetsController } from './assets.controller.js';
import { ConnectionChecker } from './connection-checker.service.js';
import { LikeTrial } from './like-trial.js';
import { LoginWindow } from './login-window.service.js';
import { SetupController } from './setup.controller.js';
import { SetupService } from './setup.service.js';
import { SetupSeals } from './setup.js';

/** The set-up of an account in Zendesk's Admin Center, with Facebook Login. */
@Module({
  imports: [CredentialsModule, InstagramClientModule, LedgerModule],
  controllers: [AdminController, AssetsController, SetupController],
  providers: [AdminPages, ConnectionChecker, LikeTrial, LoginWindow, SetupSeals, SetupService],
})
export class SetupModule {}
