import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { Configuration } from '../config/index.js';
import { GraphApi } from './graph-api.js';
import { GraphConnections } from './graph-connections.js';
import { GraphTransport } from './graph-transport.js';
import { InstagramClient } from './instagram-client.js';
import { LinkedAccounts } from './linked-accounts.js';
import { loginPolicy } from './login-policy.js';
import { LoginTransport } from './login-transport.js';
import { MetaLogin } from './meta-login.js';

/** The Graph API. Contains nothing about Zendesk. */
@Module({
  imports: [HttpModule.registerAsync({ inject: [Configuration], useFactory: loginPolicy })],
  providers: [
    GraphConnections,
    GraphTransport,
    LoginTransport,
    GraphApi,
    InstagramClient,
    LinkedAccounts,
    MetaLogin,
  ],
  exports: [GraphApi, InstagramClient, MetaLogin],
})
export class InstagramClientModule {}
