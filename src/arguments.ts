import { parseArgs } from 'node:util';
import { VERSION } from './version.js';

const USAGE = `Usage: node dist/main.js [--help | --version]

Starts the service. Environment variables are its settings; the required ones are:

  PUBLIC_URL        the https address at which Zendesk reaches the service
  CREDENTIALS_KEYS  the keys that seal accounts; \`npm run --silent metadata -- keygen\` makes one

docs/operations.md explains every setting, and .env.example lists them.
\`npm run sandbox\` starts the service with a stand-in for Zendesk and for Instagram, and needs no
setting.
`;

/** What the command line asks for in place of a start. */
export interface Message {
  readonly text: string;
  readonly isError: boolean;
}

/** Reads the arguments of `node dist/main.js`; undefined if they ask for a start. */
export function readArguments(args: readonly string[]): Message | undefined {
  try {
    const { help, version } = parseArgs({
      args: [...args],
      options: { help: { type: 'boolean' }, version: { type: 'boolean' } },
    }).values;
    if (help === true) return { text: USAGE, isError: false };
    return version === true ? { text: `${VERSION}\n`, isError: false } : undefined;
  } catch {
    return { text: USAGE, isError: true };
  }
}
