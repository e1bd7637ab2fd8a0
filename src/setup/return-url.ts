/** Zendesk's own addresses are shorter: its longest limit, for an integration's address, is 511. */
export const RETURN_URL_MAX_CHARS = 2000;

type ReturnUrlProblem = 'not_https' | 'not_this_zendesk';

/**
 * Checks the address that will receive the account. It must be https at the exact host of the
 * Zendesk that asked (Zendesk, "Administrative interface"): any other page could steal the account.
 *
 * @param loopbackOrigin a Zendesk on this machine, if the operator has configured one.
 * @returns undefined if the address is valid.
 */
export function findReturnUrlProblem(
  returnUrl: string,
  subdomain: string,
  loopbackOrigin: string | undefined,
): ReturnUrlProblem | undefined {
  if (!URL.canParse(returnUrl)) return 'not_this_zendesk';
  const url = new URL(returnUrl);
  if (url.username !== '' || url.password !== '') return 'not_this_zendesk';
  if (loopbackOrigin !== undefined && url.origin === loopbackOrigin) return undefined;
  if (url.protocol !== 'https:') return 'not_https';
  // `host` includes a port, unless it is the default port of https.
  return url.host === `${subdomain}.zendesk.com` ? undefined : 'not_this_zendesk';
}
