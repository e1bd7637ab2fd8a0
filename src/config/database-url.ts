import { isLoopback } from '../common/loopback.js';
import { Secret } from '../domain/secret.js';
import type { DatabaseSettings } from './configuration.js';
import { Fault, readTextFile } from './environment-reader.js';

/** Longer than any address, name and password that PostgreSQL takes. */
const URL_MAX_CHARS = 2048;
const EXAMPLES = 'sqlite:data/channel.db or postgres://user:password@host:5432/name';
/** Of libpq's modes, those that ask for TLS. Here each of them verifies the certificate and its host name. */
const TLS_MODES: ReadonlySet<string> = new Set(['require', 'verify-ca', 'verify-full']);
const PARAMETERS: ReadonlySet<string> = new Set(['sslmode', 'sslrootcert']);

/** `sqlite:<path>`, `sqlite::memory:`, or the URL of a PostgreSQL database. */
export function databaseUrl(text: string): DatabaseSettings {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(text) ?? [];
  switch (scheme?.toLowerCase()) {
    case 'sqlite':
      if (rest === '') throw new Fault(`names no file: it must look like ${EXAMPLES}`);
      return { engine: 'sqlite', file: rest };
    case 'postgres':
    case 'postgresql':
      return postgresUrl(text);
    default:
      throw new Fault(`must look like ${EXAMPLES}`);
  }
}

function postgresUrl(text: string): DatabaseSettings {
  if (text.length > URL_MAX_CHARS || !URL.canParse(text)) {
    throw new Fault(`must look like ${EXAMPLES}, with a percent-encoded user and password`);
  }
  const url = new URL(text);
  if (url.hostname === '' || url.username === '' || !/^\/[^/]+$/.test(url.pathname)) {
    throw new Fault('must name a user, a host and a database');
  }
  if ([...url.searchParams.keys()].some((name) => !PARAMETERS.has(name)) || url.hash !== '') {
    throw new Fault(`may have no parameters but ${[...PARAMETERS].join(' and ')}`);
  }
  const tls = tlsOf(url);
  url.search = '';
  return { engine: 'postgres', url: new Secret(url.href), tls };
}

function tlsOf({ hostname, searchParams }: URL): { readonly ca: string | undefined } | undefined {
  const isLocal = isLoopback(hostname) || /^%2f/i.test(hostname);
  const mode = searchParams.get('sslmode') ?? (isLocal ? 'disable' : 'verify-full');
  const file = searchParams.get('sslrootcert');
  if (mode === 'disable') {
    if (file !== null) throw new Fault('has an sslrootcert but no TLS: set sslmode=verify-full');
    return undefined;
  }
  if (!TLS_MODES.has(mode)) {
    throw new Fault('must have an sslmode of disable or verify-full: others may go without TLS');
  }
  try {
    return { ca: file === null ? undefined : readTextFile(file) };
  } catch (error) {
    throw error instanceof Fault ? new Fault(`has an sslrootcert that ${error.message}`) : error;
  }
}
