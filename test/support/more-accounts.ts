import { OMNIWEAR, OUTLET } from '../../sandbox/instagram/omniwear.js';
import type { World } from '../../sandbox/instagram/world.js';
import { OMNIWEAR_ACCOUNT } from '../../sandbox/omniwear-account.js';
import { sealAccount } from './account.js';

/** Adds accounts to the stand-in, each with a token of its own. Returns their metadata. */
export function addAccounts(world: World, count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => addAccount(world, index)));
}

function addAccount(world: World, index: number): Promise<string> {
  const id = String(BigInt(OUTLET.igUserId) + BigInt(index + 1));
  const text = `token-of-account-${String(index)}`;
  const token = world.tokens.get(OMNIWEAR.token);
  if (token === undefined) throw new Error('the stand-in has no token of Omniwear');
  const username = `other.${String(index)}`;
  world.users.set(id, { id, username, name: username, isPrivate: false });
  world.tokens.set(text, { ...token, igUserIds: [id] });
  const account = { ...OMNIWEAR_ACCOUNT, ig_user_id: id, username, user_token: text };
  return sealAccount({ ...account, page_token: text });
}
