import { Inject, Injectable } from '@nestjs/common';
import { Configuration } from '../../config/index.js';
import { SETUP_PATHS } from '../setup-paths.js';

/** The address to which Facebook returns. The code's exchange must repeat it. */
@Injectable()
export class LoginRedirect {
  constructor(
    @Inject(Configuration) private readonly configuration: Pick<Configuration, 'publicUrl'>,
  ) {}

  get uri(): string {
    return `${this.configuration.publicUrl}${SETUP_PATHS.loginCallback}`;
  }
}
