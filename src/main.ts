import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { createAdapter, setupApp } from './app.setup.js';
import { readArguments } from './arguments.js';
import { toListenError } from './common/errors/listen-error.js';
import { Drain } from './common/http/drain.js';
import { EventLog } from './common/logging/event-log.js';
import { NestLog } from './common/logging/nest-log.js';
import {
  type Configuration,
  loadConfiguration,
  readHandleLimit,
  StartupError,
} from './config/index.js';
import { endProcess, stopOnSignals } from './stop-signals.js';
import { VERSION } from './version.js';

/**
 * Connections that the system keeps until the service accepts them. Node's default is 511, and more
 * clients at once would lose their calls. Linux allows no more than `net.core.somaxconn`, by
 * default 4096.
 */
const BACKLOG = 4096;

async function start(): Promise<void> {
  const configuration = loadConfiguration(undefined, readHandleLimit());
  const log = new EventLog(configuration.logLevel);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(configuration, log),
    createAdapter(configuration),
    { logger: new NestLog(log), abortOnError: false },
  );
  setupApp(app);
  const drain = app.get(Drain);
  stopOnSignals({
    drain,
    log,
    delayMs: configuration.shutdownDelayMs,
    close: () => app.close(),
    end: endProcess,
  });
  await app.init();
  // A signal came during the start.
  if (drain.isDraining) return;
  const address = await listen(app, configuration);
  warnAboutSettings(configuration, log);
  log.info('service.started', {
    version: VERSION,
    address,
    public_url: configuration.publicUrl,
    meta_app_id: configuration.metaAppId,
  });
}

function warnAboutSettings(
  { credentialsPlaintext, doubtfulSettings, handles }: Configuration,
  log: EventLog,
): void {
  for (const { setting, fix } of doubtfulSettings) {
    log.warn('service.doubtful_setting', { setting, fix });
  }
  if (credentialsPlaintext) log.warn('credentials.plaintext_allowed');
  if (!handles.tooFew) return;
  log.warn('service.few_handles', {
    handles: handles.handles,
    clients: handles.clients,
    instagram: handles.instagram,
    fix:
      `Let the process open ${String(handles.enough)} files (ulimit -n, LimitNOFILE), ` +
      'or lower INSTAGRAM_MAX_CONNECTIONS.',
  });
}

/** Returns the address. Calls Fastify itself, because Nest also logs a failure. */
async function listen(app: NestFastifyApplication, { port, host }: Configuration): Promise<string> {
  try {
    return await app.getHttpAdapter().getInstance().listen({ port, host, backlog: BACKLOG });
  } catch (error) {
    throw toListenError('PORT and HOST', error as NodeJS.ErrnoException);
  }
}

const message = readArguments(process.argv.slice(2));
if (message !== undefined) {
  (message.isError ? process.stderr : process.stdout).write(message.text);
  // The code for wrong use of a command.
  process.exit(message.isError ? 2 : 0);
}
try {
  await start();
} catch (error) {
  if (error instanceof StartupError) console.error(error.message);
  else new EventLog('error').unexpected('service.failed_to_start', error);
  process.exit(1);
}
