import { createInstagram } from './server.js';

/** Runs Instagram's stand-in as its own process, on port `PORT` of the loopback address. */
const { app, world } = createInstagram({
  onCall: (line) => {
    console.log(line);
  },
});
const address = await app.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' });
// Browsers load the photos from here, so no request leaves the machine.
world.picturesAt = `${address}/pictures`;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void app.close());
}
