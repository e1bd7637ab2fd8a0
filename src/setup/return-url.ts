/** An address at Zendesk is never that long; its longest limit, of an integration's address, is 511. */
export const RETURN_URL_MAX_CHARS = 2000;

/** What is wrong with the address at which Zendesk wants the account; undefined where nothing is. */
export type ReturnUrlFault = 'not_https' | 'not_this_zendesk';

/**
 * Checks where the account is to be sent: https, and exactly the host of the Zendesk that asked (Zendesk, "Administrative interface"). Anything
 * else could be anybody's page, waiting for the account.
 *
 * @param loopbackOrigin a Zendesk on this machine itself, where the operator said that there is one.
 */
export function faultOfReturnUrl(
  returnUrl: string,
  subdomain: string,
  loopbackOrigin: string | undefined,
): ReturnUrlFault | undefined {
  if (!URL.canParse(returnUrl)) return 'not_this_zendesk';
  const url = new URL(returnUrl);
  if (url.username !== '' || url.password !== '') return 'not_this_zendesk';
  if (loopbackOrigin !== undefined && url.origin === loopbackOrigin) return undefined;
  if (url.protocol !== 'https:') return 'not_https';
  // `host` holds a port, unless it is https's own.
  return url.host === `${subdomain}.zendesk.com` ? undefined : 'not_this_zendesk';
}
