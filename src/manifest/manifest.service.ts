import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IntegrationManifest } from '../zendesk/integration-manifest.js';

/** The manifest as it is served. */
@Injectable()
export class ManifestService {
  readonly body: string;
  /** Entity tag of `body` (RFC 9110, section 8.8.3). */
  readonly etag: string;

  constructor({ manifest }: IntegrationManifest) {
    this.body = JSON.stringify(manifest, undefined, 2);
    this.etag = `"${createHash('sha256').update(this.body).digest('base64url')}"`;
  }
}
