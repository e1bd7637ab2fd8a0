import { OMNIWEAR } from './instagram/omniwear.js';

/** The account that the `metadata` command seals, with tokens of Instagram's stand-in. */
export const OMNIWEAR_ACCOUNT = {
  dialect: 'facebook_login',
  ig_user_id: OMNIWEAR.igUserId,
  username: OMNIWEAR.username,
  page_id: OMNIWEAR.pageId,
  user_token: OMNIWEAR.token,
  page_token: OMNIWEAR.pageToken,
  scopes: ['instagram_basic', 'instagram_manage_comments', 'instagram_manage_engagement'],
  threads: 'media',
  subdomain: 'omniwear',
};
