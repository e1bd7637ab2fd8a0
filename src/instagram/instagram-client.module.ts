import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { Configuration } from '../config/index.js';
import { GateModule } from '../gate/gate.module.js';
import { GraphApi } from './graph-api.js';
import { GraphConnections } from './graph-connections.js';
import { GraphGate } from './graph-gate.js';
import { GraphTransport } from './graph-transport.js';
import { InstagramClient } from './instagram-client.js';
import { LinkedAccounts } from './linked-accounts.js';
import { loginPolicy } from './login-policy.js';
import { LoginTransport } from './login-transport.js';
import { MetaLogin } from './meta-login.js';

/** The Graph API. Contains nothing about Zendesk. */
@Module({
  imports: [
    GateModule,
    HttpModule.registerAsync({ inject: [Configuration], useFactory: loginPolicy }),
  ],
  providers: [
    GraphConnections,
    GraphTransport,
    LoginTransport,
    GraphGate,
    GraphApi,
    InstagramClient,
    LinkedAccounts,
    MetaLogin,
  ],
  exports: [GraphApi, InstagramClient, MetaLogin],
})
export class InstagramClientModule {}
