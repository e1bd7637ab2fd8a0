import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import { Configuration, StartupError } from '../config/index.js';
import { checkManifest } from './manifest.js';

/** The manifest at the project's root; the same place seen from `src` and from `dist`. */
const MANIFEST_FILE = new URL('../../manifest.json', import.meta.url);

/** The manifest as it is served: read and checked once, at start. */
@Injectable()
export class ManifestService {
  /** JSON with absolute URLs. */
  readonly body: string;
  /** Entity tag of `body` (RFC 9110, section 8.8.3). */
  readonly etag: string;

  constructor(@Inject(Configuration) configuration: Pick<Configuration, 'publicUrl'>) {
    const checked = checkManifest(readManifest(), `${configuration.publicUrl}/manifest.json`);
    if ('faults' in checked) {
      throw new StartupError('The service cannot start. Correct manifest.json:', checked.faults);
    }
    this.body = JSON.stringify(checked.manifest, undefined, 2);
    this.etag = `"${createHash('sha256').update(this.body).digest('base64url')}"`;
  }
}

function readManifest(): unknown {
  try {
    return JSON.parse(readFileSync(MANIFEST_FILE, 'utf8'));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read';
    throw new StartupError('The service cannot start. Correct manifest.json:', [reason]);
  }
}
