import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Secret } from '../domain/secret.js';
import { SealedNotes } from './sealed-notes.js';

const KEY = {
  kid: 'k',
  key: new Secret(createHash('sha256').update('a key').digest('base64url')),
};
const TOKEN = 'EAAB7wq3plantedTokenZC0ab9xQZDZD';

describe('a sealed note', () => {
  const notes = new SealedNotes({ credentialsKeys: [KEY] });

  it('opens only for its own purpose', async () => {
    const sealed = await notes.seal('ig-log-in+jwe', { code: 'x' });
    expect(await notes.open('ig-log-in+jwe', sealed)).toEqual({ code: 'x' });
    expect(await notes.open('ig-set-up+jwe', sealed)).toBeUndefined();
  });

  it('has a length that depends only on the lengths of its fields', async () => {
    const measureLength = async (state: string, name: string): Promise<number> => {
      const setup = { state, name, account: { user_token: TOKEN, page_token: TOKEN } };
      return (await notes.seal('ig-set-up+jwe', { setup, at: 1_790_000_000_000 })).length;
    };
    const noise = fc.string({
      unit: fc.constantFrom(...Array.from('ABCabc019_-{}: ')),
      minLength: 600,
      maxLength: 600,
    });
    const guess = fc
      .tuple(fc.nat(TOKEN.length), fc.integer({ min: 1, max: 20 }), noise)
      .map(([shared, times, rest]) => {
        const repeated = `user_token': '${TOKEN.slice(0, shared)}`.repeat(times);
        return `${repeated}${rest}`.slice(0, 600);
      });
    const length = await measureLength('x'.repeat(600), 'y'.repeat(600));
    await fc.assert(
      fc.asyncProperty(guess, guess, async (state, name) => {
        expect(await measureLength(state, name)).toBe(length);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});
