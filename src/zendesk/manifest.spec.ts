import { describe, expect, it } from '@jest/globals';
import { checkManifest } from './manifest.js';

const ADDRESS = 'https://channel.example/manifest.json';
const GOOD = { name: 'Instagram', id: 'x', urls: { admin_ui: './admin_ui' } };
const findFaults = (json: unknown, address = ADDRESS): readonly string[] => {
  const checked = checkManifest(json, address);
  return 'faults' in checked ? checked.faults : [];
};
/** A relative URL that has `length` characters as an absolute URL. */
const buildPath = (length: number): string =>
  `/${'p'.repeat(length - 'https://channel.example/'.length)}`;

describe('checkManifest', () => {
  it('makes URLs absolute', () => {
    const urls = { admin_ui: './admin', pull_url: '/pull', about_url: 'https://other.example/a' };
    expect(checkManifest({ ...GOOD, urls }, ADDRESS)).toEqual({
      manifest: {
        ...GOOD,
        urls: {
          admin_ui: 'https://channel.example/admin',
          pull_url: 'https://channel.example/pull',
          about_url: 'https://other.example/a',
        },
      },
    });
  });

  it.each<[string, object]>([
    [
      'every string at its limit',
      {
        name: 'n'.repeat(255),
        id: 'i'.repeat(511),
        version: 'v'.repeat(255),
        author: 'a'.repeat(255),
        push_client_id: 'p'.repeat(127),
      },
    ],
    ['a URL at its limit', { urls: { admin_ui: buildPath(511) } }],
    ['both flags', { channelback_files: true, create_followup_tickets: false }],
  ])('accepts %s', (_, change) => {
    expect(findFaults({ ...GOOD, ...change })).toEqual([]);
  });

  it.each<[string, unknown, RegExp]>([
    ['a list', [], /not a JSON object/],
    ['no name', { ...GOOD, name: undefined }, /name must be given/],
    ['an empty name', { ...GOOD, name: '' }, /name must be a string of 1 to 255/],
    ['a long name', { ...GOOD, name: 'n'.repeat(256) }, /name must be a string of 1 to 255/],
    ['no id', { ...GOOD, id: undefined }, /id must be given/],
    ['a long id', { ...GOOD, id: 'i'.repeat(512) }, /id must be a string of 1 to 511/],
    ['a number as version', { ...GOOD, version: 1 }, /version must be a string/],
    ['a long author', { ...GOOD, author: 'a'.repeat(256) }, /author must be a string/],
    ['a long push_client_id', { ...GOOD, push_client_id: 'p'.repeat(128) }, /1 to 127/],
    ['a string as flag', { ...GOOD, channelback_files: 'true' }, /must be true or false/],
    ['no urls', { ...GOOD, urls: undefined }, /urls must be an object/],
    ['no admin_ui', { ...GOOD, urls: {} }, /urls\.admin_ui must be given/],
    ['an invalid URL', { ...GOOD, urls: { admin_ui: 'https://' } }, /must be a URL/],
    ['a number as URL', { ...GOOD, urls: { admin_ui: 5 } }, /must be a URL/],
    ['a URL over http', { ...GOOD, urls: { admin_ui: 'http://x.example/' } }, /must be https/],
    ['a long URL', { ...GOOD, urls: { admin_ui: buildPath(512) } }, /at most 511/],
    ['a misspelt name', { ...GOOD, naem: 'x' }, /naem is not a name that Zendesk knows/],
    [
      'a misspelt URL',
      { ...GOOD, urls: { admin_ui: '/a', pul_url: '/p' } },
      /urls\.pul_url is not/,
    ],
  ])('rejects %s', (_, json, fault) => {
    expect(findFaults(json)).toContainEqual(expect.stringMatching(fault));
  });

  it('reports all problems at once', () => {
    expect(findFaults({ id: '', urls: { pull_url: 'ftp://x' }, extra: 1 })).toHaveLength(5);
  });
});
