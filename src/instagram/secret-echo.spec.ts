import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ENCODINGS } from '../../test/support/planted.js';
import { SecretEchoes } from './secret-echo.js';

const TOKEN = `EAA${randomBytes(120).toString('base64url')}`;
const APP_SECRET = randomBytes(16).toString('hex');

describe('SecretEchoes', () => {
  const echoes = new SecretEchoes();

  it.each(ENCODINGS)('removes a secret quoted %s', (name, encode) => {
    for (const secret of [TOKEN, APP_SECRET]) {
      const quoted = encode(secret);
      for (const text of [JSON.stringify({ error: { message: quoted } }), `<p>${quoted}</p>`]) {
        const redacted = echoes.redact(text, ['unrelated'.repeat(3), secret]);
        expect(redacted).toContain('[redacted]');
        // A shorter part may remain at the end: three bytes as bits, or 18 of base64.
        const allowed = name === 'as bits' ? 32 : 24;
        expect(measureCommonPart(redacted, JSON.stringify(quoted).slice(1, -1))).toBeLessThan(
          allowed,
        );
      }
    }
  });

  it('does not change other answers', () => {
    const text = JSON.stringify({ id: '17895695668004550', caption: 'Grüße aus Köln 💙' });
    expect(echoes.redact(text, [TOKEN, APP_SECRET])).toBe(text);
    expect(echoes.redact(text, ['short'])).toBe(text);
  });

  it('finds the plain secret in a long list', () => {
    const text = JSON.stringify({ data: ['x'.repeat(100_000), TOKEN] });
    expect(measureCommonPart(echoes.redact(text, [TOKEN]), TOKEN)).toBeLessThan(16);
  });
});

/** The length of the longest part of `part` that `text` contains. */
function measureCommonPart(text: string, part: string): number {
  let longest = 0;
  for (let start = 0; start < part.length; start += 1) {
    while (start + longest < part.length && text.includes(part.slice(start, start + longest + 1))) {
      longest += 1;
    }
  }
  return longest;
}
