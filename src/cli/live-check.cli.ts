import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { ServiceError } from '../common/errors/service-error.js';
import { EventLog } from '../common/logging/event-log.js';
import { loadConfiguration, StartupError } from '../config/index.js';
import { CredentialsService } from '../credentials/credentials.service.js';
import { LiveCheck } from './live-check/live-check.js';
import { LiveCheckModule } from './live-check/live-check.module.js';
import { formatReport } from './live-check/report.js';

const USAGE = `Usage: npm run --silent live-check -- [--write] [--log FILE] < metadata

  Reads an account's sealed metadata from standard input, asks Meta what its documentation leaves
  open, and prints what it found. The settings are the service's own, from the environment.

  --write     also likes and unlikes the account's newest own post. Afterwards it is not liked, and
              the service does not know: if its heart was set in a ticket, click it again.
  --log FILE  the service's log. The first proxied call since its start shows how Zendesk sends it.
`;

/**
 * A report may contain a shorter text by chance. Meta's app secrets have 32 characters, and its
 * tokens more than a hundred.
 */
const SECRET_MIN_CHARS = 16;

/** The arguments cannot be used. */
class UsageError extends Error {}

async function run(): Promise<string> {
  const { write, log } = readOptions();
  const configuration = loadConfiguration();
  const app = await NestFactory.createApplicationContext(
    LiveCheckModule.forRoot(configuration, new EventLog('silent')),
    { logger: false, abortOnError: false },
  );
  try {
    const metadata = (await text(process.stdin)).trim();
    const account = await app.get(CredentialsService).open(metadata);
    const findings = await app.get(LiveCheck).run(account, write);
    const { instagramGraphUrl: graphUrl, instagramGraphVersion: version } = configuration;
    const report = formatReport(account, findings, { graphUrl, version, at: new Date() }, log);
    const secrets = [account.userToken, account.pageToken, configuration.metaAppSecret]
      .map((secret) => secret?.reveal() ?? '')
      .filter(({ length }) => length >= SECRET_MIN_CHARS);
    if (secrets.some((secret) => report.includes(secret))) {
      throw new Error('the report holds a secret');
    }
    return report;
  } finally {
    await app.close();
  }
}

function readOptions(): { write: boolean; log: string | undefined } {
  try {
    const { values } = parseArgs({
      options: { write: { type: 'boolean', default: false }, log: { type: 'string' } },
    });
    return {
      write: values.write,
      log: values.log === undefined ? undefined : readFileSync(values.log, 'utf8'),
    };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw new UsageError(
      code.startsWith('ERR_PARSE') ? USAGE : `The log cannot be read (${code}).`,
    );
  }
}

try {
  console.log(await run());
} catch (error) {
  const isKnown =
    error instanceof UsageError || error instanceof StartupError || error instanceof ServiceError;
  console.error(isKnown ? error.message : 'The command failed unexpectedly.');
  process.exitCode = 1;
}
