import { OMNIWEAR } from './instagram/omniwear.js';

/** Omniwear as an admin seals it for the service, with a token that Instagram's stand-in knows. */
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
