import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../app.module.js';
import { createAdapter, describeApi } from '../app.setup.js';
import { EventLog } from '../common/logging/event-log.js';
import { loadConfiguration } from '../config/index.js';

/** Writes the OpenAPI document to `openapi.json`. Nest only reads the code and starts nothing. */
const configuration = loadConfiguration({
  PUBLIC_URL: 'https://channel.example',
  CREDENTIALS_KEYS: `unused:${randomBytes(32).toString('base64url')}`,
});
const app = await NestFactory.create<NestFastifyApplication>(
  AppModule.forRoot(configuration, new EventLog('silent')),
  createAdapter(configuration),
  { preview: true, logger: false },
);
writeFileSync('openapi.json', `${JSON.stringify(describeApi(app), undefined, 2)}\n`);
