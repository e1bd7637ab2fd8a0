import { readFileSync } from 'node:fs';
import { MovableClock } from '../clock.js';
import { createAppsDomain, InstalledApp } from './agent/installed-app.js';
import { Channel } from './channel.js';
import { Integration } from './integration.js';
import { Poller } from './poller.js';
import { createZendesk } from './server.js';
import { Tickets } from './tickets.js';

/**
 * Runs Zendesk's stand-in as its own process. Its settings:
 * - `PORT`: the port of the stand-in.
 * - `APPS_PORT`: the port that serves the app's assets.
 * - `APP_FILE`: the app's package.
 * - `CA_FILE`: the certificate authority to trust.
 * - `OMNIWEAR_METADATA`: the metadata of an account that exists from the start. Optional.
 */
const readSetting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
};

const installed = new InstalledApp(readSetting('APP_FILE'));
const integration = new Integration(
  installed.manifestUrl,
  readFileSync(readSetting('CA_FILE'), 'utf8'),
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
// The first pull turns Omniwear's photo and its comments into ticket 62.
const { OMNIWEAR_METADATA: metadata } = process.env;
if (metadata !== undefined) await channel.pull(await channel.connect('Omniwear', metadata));
const poller = new Poller(channel, new MovableClock());
const apps = await createAppsDomain(installed);
const appsDomain = await apps.listen({ port: Number(readSetting('APPS_PORT')), host: '127.0.0.1' });
const app = createZendesk({
  integration,
  channel,
  tickets,
  poller,
  app: installed,
  appsDomain,
  onCall: print,
});
app.addHook('onClose', () => {
  poller.stop();
});
app.addHook('onClose', () => apps.close());
app.addHook('onClose', () => integration.close());
await app.listen({ port: Number(readSetting('PORT')), host: '127.0.0.1' });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void app.close());
}
