import { describe, expect, it } from '@jest/globals';
import { ENGINES, sharedDatabase } from '../../../test/support/engines.js';
import { Clock } from '../../common/clock.js';
import { ConnectedAccounts } from './connected-accounts.js';

const ACCOUNT = '17841405309211844';

describe.each(ENGINES)('ConnectedAccounts on %s', (_, startEngine) => {
  const getDatabase = sharedDatabase(startEngine);

  it('keeps the latest state of an account when events arrive out of order', async () => {
    const accounts = new ConnectedAccounts(getDatabase(), new Clock());
    const connection = { igUserId: ACCOUNT, subdomain: 'omniwear' };
    await accounts.note(connection, 'inactive', 2000);
    await accounts.note(connection, 'active', 1000);
    await accounts.notePull(connection, 'ok');
    expect(await accounts.list()).toEqual([
      {
        igUserId: ACCOUNT,
        isActive: false,
        pulledAt: expect.stringMatching(/Z$/),
        outcome: 'ok',
      },
    ]);
  });
});
