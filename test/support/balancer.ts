import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const PROBE_EVERY_MS = 500;

interface Backend {
  readonly url: string;
  /** Connections to the backend, kept open between calls. */
  readonly agent: Agent;
  ready: boolean;
}

/**
 * A round-robin HTTP balancer, like those in front of a real service: it probes `/health/ready`
 * every 500 ms, keeps its connections open, and never sends a call twice.
 */
export class Balancer {
  /** The codes of calls that broke between the balancer and a backend. */
  readonly failures: string[] = [];
  /** Calls that came while no backend was ready. */
  withoutReplica = 0;
  private next = 0;
  private readonly server: Server;
  private readonly timer: NodeJS.Timeout;

  private constructor(private readonly backends: Backend[]) {
    this.server = createServer((incoming, outgoing) => {
      this.forward(incoming, outgoing);
    });
    this.timer = setInterval(() => {
      for (const backend of this.backends) void probe(backend);
    }, PROBE_EVERY_MS);
  }

  static async start(urls: readonly string[]): Promise<Balancer> {
    const balancer = new Balancer(urls.map(toBackend));
    balancer.server.listen(0, '127.0.0.1');
    await once(balancer.server, 'listening');
    for (const index of urls.keys()) await balancer.isReady(index);
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** Another process takes the place of a backend. It gets calls once it is ready. */
  replace(index: number, url: string): void {
    this.backends[index]?.agent.destroy();
    this.backends[index] = toBackend(url);
  }

  async isReady(index: number): Promise<void> {
    while (this.backends[index]?.ready !== true) await sleep(20);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    for (const { agent } of this.backends) agent.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const backend = this.pick();
    if (backend === undefined) {
      this.withoutReplica += 1;
      outgoing.writeHead(503).end('{}');
      return;
    }
    const { method = 'GET', url = '/', headers } = incoming;
    const options = { method, headers, agent: backend.agent };
    const call = request(`${backend.url}${url}`, options, (answer) => {
      // Headers about the connection to the backend do not concern the client.
      const { connection: _, 'keep-alive': __, ...passed } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, passed);
      answer.pipe(outgoing);
      answer.once('error', () => outgoing.destroy());
    });
    call.once('error', ({ code }: NodeJS.ErrnoException) => {
      this.failures.push(code ?? 'unknown');
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end('{}');
    });
    incoming.pipe(call);
  }

  private pick(): Backend | undefined {
    for (let tries = 0; tries < this.backends.length; tries += 1) {
      const backend = this.backends[(this.next += 1) % this.backends.length];
      if (backend?.ready === true) return backend;
    }
    return undefined;
  }
}

function toBackend(url: string): Backend {
  return { url, agent: new Agent({ keepAlive: true }), ready: false };
}

async function probe(backend: Backend): Promise<void> {
  try {
    const answer = await fetch(`${backend.url}/health/ready`, {
      signal: AbortSignal.timeout(PROBE_EVERY_MS),
    });
    await answer.body?.cancel();
    backend.ready = answer.ok;
  } catch {
    backend.ready = false;
  }
}
