import autocannon from 'autocannon';

export interface LoadOptions {
  readonly url: string;
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** Where in the bodies to begin, so that slices do not repeat each other's calls. */
  readonly offset: number;
}

export interface LoadResult {
  readonly calls: number;
  readonly callsPerSecond: number;
  /** Answers other than 200 with `"ok":true`. */
  readonly errors: number;
  /** In milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Sends likes over a fixed number of connections, each call after the answer to the last one. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { url, bodies, connections, seconds, offset } = options;
  let errors = 0;
  let next = offset;
  const run = autocannon({
    url: `${url}/like`,
    connections,
    duration: seconds,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    setupClient: (client) => {
      client.setBody(bodies[next++ % bodies.length] ?? '');
      client.on('body', (body) => {
        if (!String(body).includes('"ok":true')) errors += 1;
        client.setBody(bodies[next++ % bodies.length] ?? '');
      });
    },
  });
  const result = await run;
  return {
    calls: result.requests.total,
    callsPerSecond: result.requests.total / result.duration,
    errors: errors + result.errors + result.non2xx,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}
