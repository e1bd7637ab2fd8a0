import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInstagram } from '../../sandbox/instagram/server.js';
import { addAccounts } from '../support/more-accounts.js';
import { addPosts } from '../support/posts.js';

/** An Instagram with posts of Omniwear. */
export interface TrialInstagram {
  readonly url: string;
  readonly posts: readonly string[];
  /** The metadata of as many other accounts. The gate delays many hearts of one account. */
  readonly accounts: readonly string[];
  stop(): Promise<void>;
}

export async function startInstagram(count: number): Promise<TrialInstagram> {
  const { app, world } = createInstagram();
  const posts = addPosts(world, count, 0);
  const accounts = await addAccounts(world, count);
  // The trials are about time. Instagram would lock the account out for an hour.
  world.countLikeCall = () => 'allowed';
  return {
    url: await app.listen({ port: 0, host: '127.0.0.1' }),
    posts,
    accounts,
    stop: () => app.close(),
  };
}

/** An Instagram that accepts connections and never answers. */
export async function startHungInstagram(): Promise<Pick<TrialInstagram, 'url' | 'stop'>> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: toUrl(server),
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      return Promise.resolve();
    },
  };
}

function toUrl(server: Pick<Server, 'address'>): string {
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
