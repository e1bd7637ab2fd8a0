import { readFileSync } from 'node:fs';

/** The path is the same from `src` and from `dist`. */
const PACKAGE_FILE = new URL('../package.json', import.meta.url);

/** The version of this service, from `package.json`. */
export const VERSION = (JSON.parse(readFileSync(PACKAGE_FILE, 'utf8')) as { version: string })
  .version;
