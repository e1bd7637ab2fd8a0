import { isLoopback } from '../common/loopback.js';
import { Secret } from '../domain/secret.js';
import type { DatabaseSettings } from './configuration.js';
import { SettingError, readTextFile } from './environment-reader.js';

/** Longer than any address, name and password that PostgreSQL accepts. */
const URL_MAX_CHARS = 2048;
const EXAMPLES = 'sqlite:data/channel.db or postgres://user:password@host:5432/name';
/** The modes of libpq that require TLS. Here each verifies the certificate and its host name. */
const TLS_MODES: ReadonlySet<string> = new Set(['require', 'verify-ca', 'verify-full']);
const PARAMETERS: ReadonlySet<string> = new Set(['sslmode', 'sslrootcert']);

/** `sqlite:<path>`, `sqlite::memory:`, or the URL of a PostgreSQL database. */
export function databaseUrl(text: string): DatabaseSettings {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(text) ?? [];
  switch (scheme?.toLowerCase()) {
    case 'sqlite':
      if (rest === '') throw new SettingError(`names no file: it must look like ${EXAMPLES}`);
      return { engine: 'sqlite', file: rest };
    case 'postgres':
    case 'postgresql':
      return postgresUrl(text);
    default:
      throw new SettingError(`must look like ${EXAMPLES}`);
  }
}

function postgresUrl(text: string): DatabaseSettings {
  if (text.length > URL_MAX_CHARS || !URL.canParse(text)) {
    throw new SettingError(`must look like ${EXAMPLES}, with a percent-encoded user and password`);
  }
  const url = new URL(text);
  if (url.hostname === '' || url.username === '' || !/^\/[^/]+$/.test(url.pathname)) {
    throw new SettingError('must name a user, a host and a database');
  }
  if ([...url.searchParams.keys()].some((name) => !PARAMETERS.has(name)) || url.hash !== '') {
    throw new SettingError(`may have no parameters but ${[...PARAMETERS].join(' and ')}`);
  }
  const tls = readTls(url);
  url.search = '';
  return { engine: 'postgres', url: new Secret(url.href), tls };
}

function readTls({ hostname, searchParams }: URL): { readonly ca: string | undefined } | undefined {
  const isLocal = isLoopback(hostname) || /^%2f/i.test(hostname);
  const mode = searchParams.get('sslmode') ?? (isLocal ? 'disable' : 'verify-full');
  const file = searchParams.get('sslrootcert');
  if (mode === 'disable') {
    if (file !== null)
      throw new SettingError('has an sslrootcert but no TLS: set sslmode=verify-full');
    return undefined;
  }
  if (!TLS_MODES.has(mode)) {
    throw new SettingError(
      'must have an sslmode of disable or verify-full: others may go without TLS',
    );
  }
  try {
    return { ca: file === null ? undefined : readTextFile(file) };
  } catch (error) {
    throw error instanceof SettingError
      ? new SettingError(`has an sslrootcert that ${error.message}`)
      : error;
  }
}
