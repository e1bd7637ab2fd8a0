import { Module } from '@nestjs/common';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { InstagramClientModule } from '../instagram/instagram-client.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { AdminController } from './admin.controller.js';
import { AssetsController } from './assets.controller.js';
import { ConnectionInspector } from './connection/connection-inspector.js';
import { LikeTrial } from './connection/like-trial.js';
import { SetupController } from './setup.controller.js';
import { SetupSeals } from './setup-seals.js';
import { StepDeadlines } from './step-deadlines.js';
import { ChooseAccountStep } from './steps/choose-account.step.js';
import { ContinueLoginStep } from './steps/continue-login.step.js';
import { HandOverStep } from './steps/hand-over.step.js';
import { LoginAccounts } from './steps/login-accounts.js';
import { LoginCallbackStep } from './steps/login-callback.step.js';
import { LoginProgressStep } from './steps/login-progress.step.js';
import { LoginRedirect } from './steps/login-redirect.js';
import { NextViews } from './steps/next-views.js';
import { OpenStep } from './steps/open.step.js';
import { StartLoginStep } from './steps/start-login.step.js';
import { TryLikeStep } from './steps/try-like.step.js';
import { UseTokenStep } from './steps/use-token.step.js';
import { PageRenderer } from './views/page-renderer.js';

const STEPS = [
  OpenStep,
  StartLoginStep,
  LoginCallbackStep,
  LoginProgressStep,
  ContinueLoginStep,
  UseTokenStep,
  ChooseAccountStep,
  TryLikeStep,
  HandOverStep,
];

/** Connects an account in Zendesk's Admin Center, with Facebook Login. */
@Module({
  imports: [CredentialsModule, InstagramClientModule, LedgerModule],
  controllers: [AdminController, AssetsController, SetupController],
  providers: [
    ...STEPS,
    ConnectionInspector,
    LikeTrial,
    LoginAccounts,
    LoginRedirect,
    NextViews,
    PageRenderer,
    SetupSeals,
    StepDeadlines,
  ],
})
export class SetupModule {}
