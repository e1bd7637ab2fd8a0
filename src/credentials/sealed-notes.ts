import { Inject, Injectable } from '@nestjs/common';
import { Configuration } from '../config/index.js';
import { type Keyring, toKeyring, type SealType } from './seal-keys.js';
import { seal, unseal } from './sealing.js';

/**
 * Seals data that this service keeps for a while in the admin's browser or in the database. It may
 * contain a token.
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

  /** The note; undefined if the seal does not open. A note that opens was sealed here as a `T`. */
  async open<T extends object>(
    type: Exclude<SealType, 'ig-account+jwe'>,
    sealed: string,
  ): Promise<T | undefined> {
    const unsealed = await unseal(sealed, type, this.keyring);
    return unsealed === undefined ? undefined : (JSON.parse(unsealed.text) as T);
  }
}
