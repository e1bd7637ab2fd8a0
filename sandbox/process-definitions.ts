import { fileURLToPath } from 'node:url';
import { SANDBOX_APP } from './instagram/omniwear.js';

export interface Addresses {
  readonly zendesk: string;
  /** Where Zendesk serves the app from. */
  readonly apps: string;
  readonly instagram: string;
  readonly service: string;
}

/** The service's certificate and key on disk. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface ProcessDefinition {
  /** Arguments for Node. */
  readonly args: string[];
  readonly environment: Record<string, string>;
  /** An address that answers once the process is up. */
  readonly url: string;
}

/** Resolves a path from the repository's root. */
export function fromRoot(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

export function defineInstagram({ instagram }: Addresses): ProcessDefinition {
  return {
    args: ['--import', 'tsx', fromRoot('sandbox/instagram/main.ts')],
    environment: { PORT: new URL(instagram).port },
    url: `${instagram}/_control/calls`,
  };
}

export interface ServiceSecrets {
  /** `CREDENTIALS_KEYS`. */
  readonly keys: string;
  /** Omniwear's metadata, with which Swagger UI can call the service. */
  readonly metadata: string;
}

export function defineService(
  { service, instagram, zendesk }: Addresses,
  tls: TlsFiles,
  databaseFile: string,
  { keys, metadata }: ServiceSecrets,
): ProcessDefinition {
  return {
    args: [fromRoot('dist/main.js')],
    environment: {
      PORT: new URL(service).port,
      PUBLIC_URL: service,
      // No load balancer has to notice the stop.
      SHUTDOWN_DELAY_MS: '0',
      TLS_CERT_FILE: tls.certFile,
      TLS_KEY_FILE: tls.keyFile,
      CREDENTIALS_KEYS: keys,
      DOCS_EXAMPLE_METADATA: metadata,
      DATABASE_URL: `sqlite:${databaseFile}`,
      INSTAGRAM_GRAPH_URL: instagram,
      META_APP_ID: SANDBOX_APP.id,
      META_APP_SECRET: SANDBOX_APP.secret,
      FACEBOOK_DIALOG_URL: instagram,
      ZENDESK_LOOPBACK_ORIGIN: zendesk,
    },
    url: `${service}/health/ready`,
  };
}

/** @param metadata the metadata of an account that Zendesk has from the start. */
export function defineZendesk(
  { zendesk, apps }: Addresses,
  tls: TlsFiles,
  appFile: string,
  metadata: string | undefined,
): ProcessDefinition {
  return {
    args: ['--import', 'tsx', fromRoot('sandbox/zendesk/main.ts')],
    environment: {
      PORT: new URL(zendesk).port,
      APPS_PORT: new URL(apps).port,
      APP_FILE: appFile,
      CA_FILE: tls.certFile,
      ...(metadata === undefined ? {} : { OMNIWEAR_METADATA: metadata }),
    },
    url: zendesk,
  };
}
