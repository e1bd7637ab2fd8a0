import { Inject, Injectable } from '@nestjs/common';
import { Configuration } from '../config/index.js';
import { type Keyring, toKeyring, type SealType } from './seal-keys.js';
import { seal, unseal } from './sealing.js';

/**
 * Notes of this service to itself that leave its hands for a while, and may hold a token: in the admin's browser, or in the database
 * until they are used. Sealed as accounts are, for another purpose each.
 */
@Injectable()
export class SealedNotes {
  private readonly keyring: Keyring;

  constructor(@Inject(Configuration) configuration: Pick<Configuration, 'credentialsKeys'>) {
    this.keyring = toKeyring(configuration.credentialsKeys);
  }

  seal(type: Exclude<SealType, 'ig-account+jwe'>, note: object): Promise<string> {
    return seal(JSON.stringify(note), type, this.keyring);
  }

  /** What was sealed; undefined where it does not open, whatever the reason. What opens was written here, so its form is known. */
  async open<T extends object>(
    type: Exclude<SealType, 'ig-account+jwe'>,
    sealed: string,
  ): Promise<T | undefined> {
    const unsealed = await unseal(sealed, type, this.keyring);
    return unsealed === undefined ? undefined : (JSON.parse(unsealed.text) as T);
  }
}
