import { describe, expect, it } from '@jest/globals';
import { ENGINES, sharedDatabase } from '../../../test/support/engines.js';
import { Clock } from '../../common/clock.js';
import { ConnectedAccounts } from '../accounts/connected-accounts.js';
import { MetaUsers } from '../accounts/meta-users.js';
import { UserDeletionService } from './user-deletion.service.js';

describe.each(ENGINES)('UserDeletionService on %s', (_, startEngine) => {
  const getDatabase = sharedDatabase(startEngine);

  it('deletes an account of two people when both are deleted at once', async () => {
    const database = getDatabase();
    const clock = new Clock();
    const users = UserDeletionService.create(database, clock);
    const metaUsers = new MetaUsers(database);
    const accounts = new ConnectedAccounts(database, clock);
    for (let round = 100; round < 130; round += 1) {
      const shared = { igUserId: String(round), subdomain: 'omniwear' };
      await accounts.note(shared, 'active', 0);
      for (const person of ['1', '2']) await metaUsers.remember(person, shared.igUserId);
      const done = await Promise.all(
        ['1', '2'].map((person) => users.delete(person, `${person} in ${String(round)}`)),
      );
      expect(done.map((each) => [each?.accounts, each?.shared]).sort()).toEqual([
        [0, 1],
        [1, 0],
      ]);
    }
    expect(await accounts.list()).toEqual([]);
  });
});
