import { readFileSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import { Configuration, StartupError } from '../config/index.js';
import { checkManifest, type Manifest } from './manifest.js';

/** At the project's root. The relative path is the same from `src` and from `dist`. */
const MANIFEST_FILE = new URL('../../manifest.json', import.meta.url);

/** The integration manifest with absolute URLs, read and checked once at startup. */
@Injectable()
export class IntegrationManifest {
  readonly manifest: Manifest;

  /** @throws {StartupError} with every problem in the file. */
  constructor(@Inject(Configuration) configuration: Pick<Configuration, 'publicUrl'>) {
    const checked = checkManifest(readManifest(), `${configuration.publicUrl}/manifest.json`);
    if ('faults' in checked) {
      throw new StartupError('The service cannot start. Correct manifest.json:', checked.faults);
    }
    this.manifest = checked.manifest;
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
