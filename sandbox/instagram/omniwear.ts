import { World } from './world.js';

/** Ids that the sandbox's parts and the documentation speak of. */
export const OMNIWEAR = {
  igUserId: '17841405309211844',
  username: 'omniwear',
  pageId: '104726215849013',
  /** A photo of Omniwear's that customers comment on. */
  photoId: '17895695668004550',
  reelId: '17895695668004551',
  carouselId: '17895695668004552',
  storyId: '17895695668004560',
  /** A customer's comment under the photo. */
  commentId: '17873440459141021',
  /** A photo of an account that is private. */
  privatePhotoId: '17895695668004599',
  token: 'sandbox-omniwear-user-token',
  /** The token of the Facebook Page that the account is linked to. */
  pageToken: 'sandbox-omniwear-page-token',
  /** The same person's token, given before the app asked for the permission to like. */
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
  /** A customer's comment under the photo. */
  commentId: '17873440459141031',
} as const;

/** The Meta app of the sandbox. Its secret is as public as everything else here. */
export const SANDBOX_APP = { id: '250430911223344', secret: 'sandbox-app-secret' } as const;

const SCOPES = [
  'instagram_basic',
  'pages_show_list',
  'pages_read_engagement',
  'instagram_manage_comments',
];

const DAY_MS = 86_400_000;

/** A small world: a business with two accounts, their posts, a customer's comment on each, and a private account. */
export function omniwearWorld(): World {
  const world = new World();
  const now = world.clock.now();
  const user = (id: string, username: string, name: string, isPrivate = false): void => {
    world.users.set(id, { id, username, name, isPrivate });
  };
  user(OMNIWEAR.igUserId, OMNIWEAR.username, 'Omniwear');
  user('17841400000000002', 'mira.hikes', 'Mira');
  user('17841400000000003', 'jonas_k', 'Jonas', true);
  user(OUTLET.igUserId, OUTLET.username, 'Omniwear Outlet');
  for (const { igUserId, pageId } of [OMNIWEAR, OUTLET]) {
    const professional = world.users.get(igUserId);
    if (professional !== undefined) professional.pageId = pageId;
  }

  const token = {
    product: 'facebook_login',
    type: 'USER',
    userId: '122093311482000001',
    igUserIds: [OMNIWEAR.igUserId],
    issuedAt: now - 2 * DAY_MS,
    expiresAt: 0,
    dataAccessExpiresAt: now + 88 * DAY_MS,
  } as const;
  world.tokens.set(OMNIWEAR.token, {
    ...token,
    igUserIds: [OMNIWEAR.igUserId],
    scopes: [...SCOPES, 'instagram_manage_engagement'],
  });
  world.tokens.set(OMNIWEAR.pageToken, {
    ...token,
    type: 'PAGE',
    profileId: OMNIWEAR.pageId,
    igUserIds: [OMNIWEAR.igUserId],
    scopes: SCOPES,
  });
  world.tokens.set(OMNIWEAR.tokenWithoutEngagement, {
    ...token,
    igUserIds: [OMNIWEAR.igUserId],
    scopes: SCOPES,
  });
  world.tokens.set(OMNIWEAR.instagramLoginToken, {
    ...token,
    igUserIds: [OMNIWEAR.igUserId],
    product: 'instagram_login',
    scopes: ['instagram_business_basic', 'instagram_business_manage_comments'],
  });

  const photo = {
    mediaType: 'IMAGE',
    productType: 'FEED',
    commentsEnabled: true,
  } as const;
  world.media.set(OMNIWEAR.photoId, {
    ...photo,
    id: OMNIWEAR.photoId,
    ownerId: OMNIWEAR.igUserId,
    caption: 'The new trail jacket, straight from the rain. #omniwear',
    shortcode: 'DQx3fT0jK1a',
    timestamp: now - 2 * DAY_MS,
    otherLikes: 214,
  });
  world.media.set(OMNIWEAR.reelId, {
    ...photo,
    id: OMNIWEAR.reelId,
    ownerId: OMNIWEAR.igUserId,
    mediaType: 'VIDEO',
    productType: 'REELS',
    caption: 'Two minutes of rain, no soaked shoulders.',
    shortcode: 'DQw7mN8oP9q',
    timestamp: now - 5 * DAY_MS,
    otherLikes: 981,
  });
  world.media.set(OMNIWEAR.carouselId, {
    ...photo,
    id: OMNIWEAR.carouselId,
    ownerId: OMNIWEAR.igUserId,
    mediaType: 'CAROUSEL_ALBUM',
    caption: 'Six colours for autumn. Swipe.',
    shortcode: 'DQv1rS2tU3v',
    timestamp: now - 9 * DAY_MS,
    otherLikes: 402,
  });
  world.media.set(OMNIWEAR.storyId, {
    ...photo,
    id: OMNIWEAR.storyId,
    ownerId: OMNIWEAR.igUserId,
    productType: 'STORY',
    caption: '',
    shortcode: 'DQx4aB1cD2e',
    timestamp: now - DAY_MS / 2,
    otherLikes: 0,
  });
  world.media.set(OUTLET.photoId, {
    ...photo,
    id: OUTLET.photoId,
    ownerId: OUTLET.igUserId,
    caption: 'Last season, half the price.',
    shortcode: 'DQy6gH5iJ6k',
    timestamp: now - 3 * DAY_MS,
    otherLikes: 18,
  });
  world.media.set(OMNIWEAR.privatePhotoId, {
    ...photo,
    id: OMNIWEAR.privatePhotoId,
    ownerId: '17841400000000003',
    caption: 'Home.',
    shortcode: 'DQx5eF3gH4i',
    timestamp: now - DAY_MS,
    otherLikes: 3,
  });
  world.putComment({
    id: OMNIWEAR.commentId,
    mediaId: OMNIWEAR.photoId,
    authorId: '17841400000000002',
    text: 'Love it! Does it come in green?',
    timestamp: now - DAY_MS,
    hidden: false,
    otherLikes: 2,
  });
  world.putComment({
    id: '17873440459141022',
    mediaId: OMNIWEAR.photoId,
    parentId: OMNIWEAR.commentId,
    authorId: OMNIWEAR.igUserId,
    text: 'It will, in spring.',
    timestamp: now - DAY_MS + 3_600_000,
    hidden: false,
    otherLikes: 0,
  });
  world.putComment({
    id: OUTLET.commentId,
    mediaId: OUTLET.photoId,
    authorId: '17841400000000002',
    text: 'Is there a small one left?',
    timestamp: now - 3_600_000,
    hidden: false,
    otherLikes: 0,
  });
  return world;
}
