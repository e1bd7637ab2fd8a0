import { describe, expect, it, jest } from '@jest/globals';
import { sql } from 'kysely';
import { SANDBOX_APP } from '../sandbox/instagram/omniwear.js';
import { Database } from '../src/ledger/database/database.js';
import { PendingLogins } from '../src/ledger/accounts/pending-logins.js';
import { form, useService } from './support/service.js';

const CODE = 'AQplantedFacebookCode0123456789';

describe('the database rows of a pending login', () => {
  const { service } = useService({
    META_APP_ID: SANDBOX_APP.id,
    META_APP_SECRET: SANDBOX_APP.secret,
  });

  it('hold neither its id nor its state nor a code in plain text', async () => {
    const begin = jest.spyOn(service.app.get(PendingLogins), 'begin');
    const frame = { subdomain: 'omniwear', return_url: 'https://omniwear.zendesk.com/x' };
    const page = await service.post('/admin_ui', form(frame));
    const set_up = /name="set_up"\s+value="([^"]*)"/.exec(page.text)?.[1] ?? '';
    await service.post('/admin/log-in', form({ set_up }));
    const [owner, state = ''] = begin.mock.calls[0] ?? [];
    const window = await service.request(
      'GET',
      `/admin/log-in/callback?code=${CODE}&state=${encodeURIComponent(state)}`,
    );
    const confirmation = /data-confirmation="(\w+)"/.exec(window.text)?.[1];

    const { db } = service.app.get(Database);
    const { rows } = await sql`select * from pending_log_ins`.execute(db);
    expect(rows).toMatchObject([{ outcome: 'returned' }]);
    const stored = JSON.stringify(rows);
    // The state ends with the language of the window.
    for (const secret of [owner?.id, state.split('.')[0], CODE, confirmation]) {
      expect(secret).toMatch(/^[\w-]{8,}$/);
      expect(stored.includes(String(secret))).toBe(false);
    }
  });
});
