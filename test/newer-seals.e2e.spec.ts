import { describe, expect, it } from '@jest/globals';
import { OMNIWEAR } from '../sandbox/instagram/omniwear.js';
import { OMNIWEAR_ACCOUNT } from '../sandbox/omniwear-account.js';
import { toKeyring } from '../src/credentials/seal-keys.js';
import { seal } from '../src/credentials/sealing.js';
import { Secret } from '../src/domain/secret.js';
import { form, TEST_KEY, useService } from './support/service.js';

const QUESTION = `comment:${OMNIWEAR.photoId}:${OMNIWEAR.commentId}`;
const NEWER = { v: 2, ...OMNIWEAR_ACCOUNT };

/** Seals with the tests' key, as a later version does. */
const sealNewer = (): Promise<string> => {
  const [kid = '', key = ''] = TEST_KEY.split(':');
  const keyring = toKeyring([{ kid, key: new Secret(key) }]);
  return seal(JSON.stringify(NEWER), 'ig-account+jwe', keyring, Math.floor(Date.now() / 1000));
};

describe('an account that a newer version sealed', () => {
  const { service, instagram } = useService();

  it('is not refused, so Zendesk keeps it and asks again', async () => {
    const metadata = await sealNewer();
    const pulled = await service.post('/pull', form({ metadata, state: '' }));
    const reply = await service.post(
      '/channelback',
      form({
        metadata,
        message: 'Hi',
        parent_id: QUESTION,
        request_unique_identifier: 'newer-1',
      }),
    );
    expect([pulled.status, reply.status]).toEqual([503, 503]);
    const liked = await service.proxy(
      '/like',
      { media_id: OMNIWEAR.photoId, liked: true },
      metadata,
    );
    expect(liked.json).toMatchObject({
      ok: false,
      error: { code: 'internal', status: 503, message: expect.stringContaining('newer version') },
    });
    expect(instagram.seen).toEqual([]);
    const answered = service.logs.events('request.answered');
    expect(answered).toHaveLength(3);
    for (const line of answered) {
      expect(line).toMatchObject({ reason: 'newer_seal', faults: 'v must be 1' });
    }
    expect(service.logs.mentions(OMNIWEAR.token)).toBe(false);
  });
});
