import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ERROR_CODES } from '../src/domain/error-codes.js';
import { TEST_KEY } from './support/keys.js';
import { startMain } from './support/main.js';
import { ROOT } from './support/run.js';
import { useService } from './support/service.js';

describe('openapi.json', () => {
  const written = JSON.parse(readFileSync(join(ROOT, 'openapi.json'), 'utf8')) as {
    paths: Record<string, { post?: { responses: Record<string, { content: object }> } }>;
  };
  const { service } = useService({ DOCS: 'on' });

  it('matches the code (update it with `npm run openapi`)', async () => {
    expect((await service.request('GET', '/docs-json')).json).toEqual(written);
  });

  it('is what the built service serves', async () => {
    const built = await startMain({
      PUBLIC_URL: 'https://channel.example',
      CREDENTIALS_KEYS: TEST_KEY,
      DATABASE_URL: 'sqlite::memory:',
      DOCS: 'on',
      PORT: '0',
    });
    try {
      const answer = await fetch(`${built.url}/docs-json`);
      expect(await answer.json()).toEqual(written);
    } finally {
      await built.stop();
    }
  });

  it.each(['/like', '/like/state'])('lists every error code of %s', (path) => {
    const content = JSON.stringify(written.paths[path]?.post?.responses['200']?.content);
    for (const code of ERROR_CODES) expect(content).toContain(`"code":"${code}"`);
  });

  it('has examples that the service accepts unchanged', async () => {
    for (const path of ['/like', '/like/state']) {
      const operation = written.paths[path]?.post as unknown as {
        requestBody: {
          content: Record<string, { examples: Record<string, { value: Record<string, string> }> }>;
        };
      };
      const { examples } = operation.requestBody.content['application/json'] ?? { examples: {} };
      expect(Object.keys(examples).length).toBeGreaterThan(1);
      for (const { value } of Object.values(examples)) {
        const { json } = await service.proxy(path, value.client_data ?? '');
        expect(json).toMatchObject({ ok: true });
      }
    }
  });
});
