import { readFileSync } from 'node:fs';
import { Integration } from './integration.js';
import { Channel } from './channel.js';
import { createZendesk } from './server.js';
import { Tickets } from './tickets.js';

/** Zendesk polls each account about every two minutes. */
const PULL_EVERY_MS = 120_000;

/**
 * Zendesk's stand-in as a process of its own. `PORT` says where it listens, `MANIFEST_URL` where the integration is,
 * `CA_FILE` whom it trusts, and `OMNIWEAR_METADATA` what the admin's set-up of an account left with Zendesk, where there is one from the start.
 */
const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
};

const integration = new Integration(
  setting('MANIFEST_URL'),
  readFileSync(setting('CA_FILE'), 'utf8'),
);
const { name } = await integration.readManifest();
console.log(`installed the integration "${name}"`);
const tickets = new Tickets(62);
tickets.add({ id: '63', subject: 'An e-mail' });
const print = (line: string): void => {
  console.log(line);
};
const channel = new Channel(integration, tickets, print);
// The first pull makes ticket 62 of Omniwear's photo and its comments.
const { OMNIWEAR_METADATA: metadata } = process.env;
if (metadata !== undefined) await channel.pull(await channel.connect('Omniwear', metadata));
const polling = setInterval(() => {
  for (const instance of channel.instances) if (instance.active) void channel.pull(instance);
}, PULL_EVERY_MS);
const app = createZendesk({ integration, channel, tickets, onCall: print });
app.addHook('onClose', () => {
  clearInterval(polling);
});
app.addHook('onClose', () => integration.close());
await app.listen({ port: Number(setting('PORT')), host: '127.0.0.1' });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void app.close());
}
