import { HttpModule } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { Configuration } from '../config/index.js';
import { GateModule } from '../gate/gate.module.js';
import { ConnectionAgents } from './connection-agents.js';
import { connectionPolicy } from './connection-policy.js';
import { GraphApi } from './graph-api.js';
import { GraphGate } from './graph-gate.js';
import { GraphTransport } from './graph-transport.js';
import { InstagramClient } from './instagram-client.js';
import { LinkedAccounts } from './linked-accounts.js';
import { MetaLogin } from './meta-login.js';

/** The Graph API. Contains nothing about Zendesk. */
@Module({
  imports: [
    GateModule,
    HttpModule.registerAsync({
      extraProviders: [ConnectionAgents],
      inject: [Configuration, ConnectionAgents],
      useFactory: connectionPolicy,
    }),
  ],
  providers: [GraphTransport, GraphGate, GraphApi, InstagramClient, LinkedAccounts, MetaLogin],
  exports: [GraphApi, InstagramClient, MetaLogin],
})
export class InstagramClientModule {}
