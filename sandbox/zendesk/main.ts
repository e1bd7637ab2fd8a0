import { readFileSync } from 'node:fs';
import { MovableClock } from '../clock.js';
import { createAppsDomain, InstalledApp } from './agent/installed-app.js';
import { Channel } from './channel.js';
import { Integration } from './integration.js';
import { Polling } from './polling.js';
import { createZendesk } from './server.js';
import { Tickets } from './tickets.js';

/**
 * Zendesk's stand-in as a process of its own. `PORT` says where it listens, `APPS_PORT` where it serves the app from, `APP_FILE`
 * is the app's package, `CA_FILE` whom it trusts, and `OMNIWEAR_METADATA` what the admin's set-up of an account left with Zendesk, where there is
 * one from the start.
 */
const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
};

const installed = new InstalledApp(setting('APP_FILE'));
const integration = new Integration(
  installed.manifestUrl,
  readFileSync(setting('CA_FILE'), 'utf8'),
);
const { name } = await integration.readManifest();
console.log(`installed the integration "${name}"`);
const tickets = new Tickets(62);
tickets.add({ id: '63', subject: 'An e-mail' });
tickets.add({
  id: '1001',
  subject: 'A video on another channel',
  otherService: { name: 'Videos', id: '0c8f2c0e-8f5e-4f57-9f35-4a0d3d1f6b11' },
});
const print = (line: string): void => {
  console.log(line);
};
const channel = new Channel(integration, tickets, print);
// The first pull makes ticket 62 of Omniwear's photo and its comments.
const { OMNIWEAR_METADATA: metadata } = process.env;
if (metadata !== undefined) await channel.pull(await channel.connect('Omniwear', metadata));
const polling = new Polling(channel, new MovableClock());
const apps = await createAppsDomain(installed);
const appsDomain = await apps.listen({ port: Number(setting('APPS_PORT')), host: '127.0.0.1' });
const app = createZendesk({
  integration,
  channel,
  tickets,
  polling,
  app: installed,
  appsDomain,
  onCall: print,
});
app.addHook('onClose', () => {
  polling.stop();
});
app.addHook('onClose', () => apps.close());
app.addHook('onClose', () => integration.close());
await app.listen({ port: Number(setting('PORT')), host: '127.0.0.1' });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void app.close());
}
