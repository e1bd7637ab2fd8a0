import { readFileSync } from 'node:fs';
import { Integration } from './integration.js';
import { createZendesk } from './server.js';

/**
 * Zendesk's stand-in as a process of its own. `PORT` says where it listens, `MANIFEST_URL` where the integration is,
 * `CA_FILE` whom it trusts, `OMNIWEAR_METADATA` what the admin's set-up of the account left with Zendesk.
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
const app = createZendesk({
  integration,
  tickets: [
    {
      id: '62',
      subject: 'Comment on your photo: the new trail jacket',
      instance: { name: 'Omniwear', metadata: setting('OMNIWEAR_METADATA') },
    },
    { id: '63', subject: 'An e-mail' },
  ],
  onCall: (line) => {
    console.log(line);
  },
});
app.addHook('onClose', () => integration.close());
await app.listen({ port: Number(setting('PORT')), host: '127.0.0.1' });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void app.close());
}
