import { createSecureContext } from 'node:tls';
import { Secret } from '../domain/secret.js';
import type { Configuration } from './configuration.js';
import { type EnvironmentReader, readTextFile } from './environment-reader.js';

/** Reads the certificate and its key, if the service itself speaks TLS. */
export function readTls(env: EnvironmentReader): Configuration['tls'] {
  const cert = env.optional('TLS_CERT_FILE', readTextFile, undefined);
  const key = env.optional('TLS_KEY_FILE', (path) => new Secret(readTextFile(path)), undefined);
  if (env.isSet('TLS_CERT_FILE') !== env.isSet('TLS_KEY_FILE')) {
    env.errors.push('TLS_CERT_FILE and TLS_KEY_FILE belong together: set both or neither');
  }
  if (cert === undefined || key === undefined) return undefined;
  try {
    createSecureContext({ cert, key: key.reveal() });
  } catch (error) {
    // OpenSSL's code alone: its texts may quote the files.
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    env.errors.push(
      'TLS_CERT_FILE and TLS_KEY_FILE must hold a certificate and its own key without a ' +
        `passphrase, both PEM (${code})`,
    );
  }
  return { cert, key };
}
