import { createInstagram } from './server.js';

/** Instagram's stand-in as a process of its own. `PORT` says where it listens, on the loopback address. */
const { app, world } = createInstagram({
  onCall: (line) => {
    console.log(line);
  },
});
const address = await app.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' });
// A browser shows them, and nothing leaves the machine.
world.picturesAt = `${address}/pictures`;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void app.close());
}
