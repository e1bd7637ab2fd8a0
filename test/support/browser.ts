import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** Possible names of Chromium; the variable `CHROMIUM` names another one. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
/** The same engine without the browser's own windows, which take most of the time. */
const SHELL = 'chromium-headless-shell';

/** Switches against background requests, and for running as root and without a screen. */
const SWITCHES = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts a headless Chromium. */
export function startBrowser(...switches: string[]): Promise<Browser> {
  return launch(NAMES, switches);
}

/** Starts Chromium's headless shell if there is one. It has no rules about third-party cookies. */
export function startShell(): Promise<Browser> {
  return launch([SHELL, ...NAMES], []);
}

function launch(names: string[], switches: string[]): Promise<Browser> {
  return chromium.launch({ executablePath: find(names), args: [...SWITCHES, ...switches] });
}

function find(defaults: string[]): string {
  const wanted = process.env.CHROMIUM;
  const names = wanted === undefined || wanted === '' ? defaults : [wanted];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = names
    .flatMap((name) => (name.includes('/') ? [name] : folders.map((folder) => join(folder, name))))
    .find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error('There is no Chromium. Run `npm run chromium`, or set CHROMIUM to where it is.');
}
