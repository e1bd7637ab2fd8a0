import { type AccessToken, type InstagramUser, World } from './world.js';

/** Ids that the sandbox, the tests and the documentation use. */
export const OMNIWEAR = {
  igUserId: '17841405309211844',
  username: 'omniwear',
  pageId: '104726215849013',
  /** A photo that customers comment on. */
  photoId: '17895695668004550',
  reelId: '17895695668004551',
  carouselId: '17895695668004552',
  storyId: '17895695668004560',
  /** A customer's comment on the photo. */
  commentId: '17873440459141021',
  /** Omniwear's reply to the comment. */
  ownReplyId: '17873440459141022',
  /** A photo of a private account. */
  privatePhotoId: '17895695668004599',
  token: 'sandbox-omniwear-user-token',
  /** The token of the Facebook Page that the account is linked to. */
  pageToken: 'sandbox-omniwear-page-token',
  /** The same person's token, issued before the app requested the permission to like. */
  tokenWithoutEngagement: 'sandbox-omniwear-token-without-engagement',
  /** A token of Instagram Login. */
  instagramLoginToken: 'sandbox-omniwear-instagram-login-token',
} as const;

/** A second account of the same business. */
export const OUTLET = {
  igUserId: '17841405309211900',
  username: 'omniwear.outlet',
  pageId: '104726215849099',
  photoId: '17895695668004700',
  /** A customer's comment on the photo. */
  commentId: '17873440459141031',
} as const;

/** The sandbox's Meta app. Its secret is public. */
export const SANDBOX_APP = { id: '250430911223344', secret: 'sandbox-app-secret' } as const;

const SCOPES = [
  'instagram_basic',
  'pages_show_list',
  'pages_read_engagement',
  'instagram_manage_comments',
];

const MIRA_ID = '17841400000000002';
const JONAS_ID = '17841400000000003';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A business with two accounts, their posts, comments by a customer, and a private account. */
export function buildOmniwearWorld(): World {
  const world = new World();
  addUsers(world);
  addTokens(world);
  addPosts(world);
  addComments(world);
  return world;
}

function addUsers(world: World): void {
  const add = (user: Omit<InstagramUser, 'isPrivate'> & Partial<InstagramUser>): void => {
    world.users.set(user.id, { isPrivate: false, ...user });
  };
  const addBusiness = (name: string, account: typeof OMNIWEAR | typeof OUTLET): void => {
    const { igUserId: id, username, pageId } = account;
    add({ id, username, name, pageId });
  };
  addBusiness('Omniwear', OMNIWEAR);
  addBusiness('Omniwear Outlet', OUTLET);
  add({ id: MIRA_ID, username: 'mira.hikes', name: 'Mira' });
  add({ id: JONAS_ID, username: 'jonas_k', name: 'Jonas', isPrivate: true });
}

function addTokens(world: World): void {
  const now = world.clock.now();
  const add = (text: string, fields: Pick<AccessToken, 'scopes'> & Partial<AccessToken>): void => {
    world.tokens.set(text, {
      product: 'facebook_login',
      type: 'USER',
      userId: '122093311482000001',
      igUserIds: [OMNIWEAR.igUserId],
      issuedAt: now - 2 * DAY_MS,
      expiresAt: 0,
      dataAccessExpiresAt: now + 88 * DAY_MS,
      ...fields,
    });
  };
  add(OMNIWEAR.token, { scopes: [...SCOPES, 'instagram_manage_engagement'] });
  add(OMNIWEAR.pageToken, { scopes: SCOPES, type: 'PAGE', profileId: OMNIWEAR.pageId });
  add(OMNIWEAR.tokenWithoutEngagement, { scopes: SCOPES });
  add(OMNIWEAR.instagramLoginToken, {
    scopes: ['instagram_business_basic', 'instagram_business_manage_comments'],
    product: 'instagram_login',
  });
}

function addPosts(world: World): void {
  const now = world.clock.now();
  world.addMedia({
    id: OMNIWEAR.photoId,
    ownerId: OMNIWEAR.igUserId,
    caption: 'The new trail jacket, straight from the rain. #omniwear',
    shortcode: 'DQx3fT0jK1a',
    timestamp: now - 2 * DAY_MS,
    otherLikes: 214,
  });
  world.addMedia({
    id: OMNIWEAR.reelId,
    ownerId: OMNIWEAR.igUserId,
    mediaType: 'VIDEO',
    productType: 'REELS',
    caption: 'Two minutes of rain, no soaked shoulders.',
    shortcode: 'DQw7mN8oP9q',
    timestamp: now - 5 * DAY_MS,
    otherLikes: 981,
  });
  world.addMedia({
    id: OMNIWEAR.carouselId,
    ownerId: OMNIWEAR.igUserId,
    mediaType: 'CAROUSEL_ALBUM',
    caption: 'Six colours for autumn. Swipe.',
    shortcode: 'DQv1rS2tU3v',
    timestamp: now - 9 * DAY_MS,
    otherLikes: 402,
  });
  world.addMedia({
    id: OMNIWEAR.storyId,
    ownerId: OMNIWEAR.igUserId,
    productType: 'STORY',
    caption: '',
    shortcode: 'DQx4aB1cD2e',
    timestamp: now - 12 * HOUR_MS,
  });
  world.addMedia({
    id: OUTLET.photoId,
    ownerId: OUTLET.igUserId,
    caption: 'Last season, half the price.',
    shortcode: 'DQy6gH5iJ6k',
    timestamp: now - 3 * DAY_MS,
    otherLikes: 18,
  });
  world.addMedia({
    id: OMNIWEAR.privatePhotoId,
    ownerId: JONAS_ID,
    caption: 'Home.',
    shortcode: 'DQx5eF3gH4i',
    timestamp: now - DAY_MS,
    otherLikes: 3,
  });
}

function addComments(world: World): void {
  const now = world.clock.now();
  world.putComment({
    id: OMNIWEAR.commentId,
    mediaId: OMNIWEAR.photoId,
    authorId: MIRA_ID,
    text: 'Love it! Does it come in green?',
    timestamp: now - DAY_MS,
    otherLikes: 2,
  });
  world.putComment({
    id: OMNIWEAR.ownReplyId,
    mediaId: OMNIWEAR.photoId,
    parentId: OMNIWEAR.commentId,
    authorId: OMNIWEAR.igUserId,
    text: 'It will, in spring.',
    timestamp: now - DAY_MS + HOUR_MS,
  });
  world.putComment({
    id: OUTLET.commentId,
    mediaId: OUTLET.photoId,
    authorId: MIRA_ID,
    text: 'Is there a small one left?',
    timestamp: now - HOUR_MS,
  });
}
