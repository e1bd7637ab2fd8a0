import { createInstagram } from './server.js';

/** Instagram's stand-in as a process of its own. `PORT` says where it listens, on the loopback address. */
const { app } = createInstagram({
  onCall: (line) => {
    console.log(line);
  },
});
await app.listen({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void app.close());
}
