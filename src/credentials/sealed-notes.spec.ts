import { describe, expect, it } from '@jest/globals';
import { Secret } from '../common/secret.js';
import { SealedNotes } from './sealed-notes.js';

const KEY = { kid: 'k', key: new Secret(Buffer.alloc(32, 1).toString('base64url')) };

describe('a sealed note', () => {
  it('opens for its purpose alone', async () => {
    const notes = new SealedNotes({ credentialsKeys: [KEY] });
    const sealed = await notes.seal('ig-log-in+jwe', { code: 'x' });
    expect(await notes.open('ig-log-in+jwe', sealed)).toEqual({ code: 'x' });
    expect(await notes.open('ig-set-up+jwe', sealed)).toBeUndefined();
  });
});
