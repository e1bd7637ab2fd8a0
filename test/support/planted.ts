/** 30 ways to write a secret, written independently of the service's own code. */
export const ENCODINGS: readonly (readonly [string, (secret: string) => string])[] = [
  ['as it is', (secret) => secret],
  ['reversed', (secret) => Array.from(secret).reverse().join('')],
  ['in lower case', (secret) => secret.toLowerCase()],
  ['in capitals', (secret) => secret.toUpperCase()],
  ['with its cases swapped', (secret) => each(secret, swapCase)],
  ['in ROT13', (secret) => each(secret, rot13)],
  ['in base64', (secret) => Buffer.from(secret).toString('base64')],
  ['in base64url', (secret) => Buffer.from(secret).toString('base64url')],
  ['in base64 behind one byte', (secret) => Buffer.from(`x${secret}`).toString('base64')],
  ['in base64 behind two bytes', (secret) => Buffer.from(`xy${secret}`).toString('base64')],
  ['in hexadecimal', (secret) => Buffer.from(secret).toString('hex')],
  ['in hexadecimal capitals', (secret) => Buffer.from(secret).toString('hex').toUpperCase()],
  ['percent-encoded', (secret) => bytes(secret, (hex) => `%${hex}`)],
  ['percent-encoded in capitals', (secret) => bytes(secret, (hex) => `%${hex.toUpperCase()}`)],
  ['percent-encoded twice', (secret) => bytes(secret, (hex) => `%25${hex}`)],
  ['in JSON escapes', (secret) => bytes(secret, (hex) => `\\u00${hex}`)],
  ['in hexadecimal entities', (secret) => bytes(secret, (hex) => `&#x${hex};`)],
  ['in decimal entities', (secret) => bytes(secret, (hex) => `&#${String(parseInt(hex, 16))};`)],
  ['quoted-printable', (secret) => bytes(secret, (hex) => `=${hex.toUpperCase()}`)],
  ['in base32', base32],
  ['as numbers', (secret) => [...Buffer.from(secret)].join(' ')],
  ['as a list of numbers', (secret) => [...Buffer.from(secret)].join(', ')],
  ['with spaces between', (secret) => Array.from(secret).join(' ')],
  ['with dashes between', (secret) => Array.from(secret).join('-')],
  ['with line ends between', (secret) => Array.from(secret).join('\n')],
  ['as UTF-16', (secret) => Array.from(secret).join('\0')],
  ['as bits', (secret) => bytes(secret, (hex) => parseInt(hex, 16).toString(2).padStart(8, '0'))],
  ['behind a word', (secret) => `token=${secret}`],
  ['cut to 32 characters', (secret) => secret.slice(0, 32)],
  ['cut to 16 characters', (secret) => secret.slice(0, 16)],
];

function each(text: string, change: (letter: string) => string): string {
  return Array.from(text).map(change).join('');
}

function bytes(text: string, write: (hex: string) => string): string {
  return [...Buffer.from(text)].map((byte) => write(byte.toString(16).padStart(2, '0'))).join('');
}

function swapCase(letter: string): string {
  return letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase();
}

function rot13(letter: string): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz';
  const at = alphabet.indexOf(letter.toLowerCase());
  if (at === -1) return letter;
  const turned = alphabet.charAt((at + 13) % 26);
  return letter === letter.toLowerCase() ? turned : turned.toUpperCase();
}

function base32(text: string): string {
  const bits = bytes(text, (hex) => parseInt(hex, 16).toString(2).padStart(8, '0'));
  return (bits.match(/.{5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(parseInt(five, 2)))
    .join('');
}
