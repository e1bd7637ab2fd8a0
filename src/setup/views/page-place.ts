import { toZendeskHost } from '../setup.js';
import type { AnyView } from './view.js';

/** Zendesk, for a page of an unknown setup. Such a page holds nothing secret. */
const ANY_ZENDESK = 'https://*.zendesk.com';

/** Where a page appears: in Zendesk's frame, or in the login window, which is never framed. */
export type PagePlace =
  | { readonly kind: 'window' }
  | {
      readonly kind: 'frame';
      /** The origin that may frame the page. */
      readonly zendesk: string;
      /** An origin other than this service to which the page's forms lead. */
      readonly leadsTo?: string;
    };

export function toPlace(view: AnyView): PagePlace {
  switch (view.kind) {
    case 'connect':
    case 'choose':
    case 'account':
      return { kind: 'frame', zendesk: toZendeskOrigin(view.setup.subdomain) };
    case 'hand_over':
      return {
        kind: 'frame',
        zendesk: toZendeskOrigin(view.setup.subdomain),
        leadsTo: new URL(view.setup.returnUrl).origin,
      };
    case 'move_on':
    case 'logged_in':
    case 'no_login':
      return { kind: 'window' };
    case 'error':
      return view.place === 'window' ? { kind: 'window' } : { kind: 'frame', zendesk: ANY_ZENDESK };
  }
}

/**
 * The headers of a page. Style and script need this answer's nonce, forms lead only to their
 * targets, and only the page's own Zendesk may frame it. `X-Frame-Options` is left out, because it
 * cannot list hosts.
 *
 * @param loopbackZendesk the origin of a Zendesk on this machine, which may frame the page too.
 */
export function toPageHeaders(
  place: PagePlace,
  nonce: string,
  loopbackZendesk: string | undefined,
): Record<string, string> {
  const isFrame = place.kind === 'frame';
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    // Garden draws the marks of its buttons with pictures inside its style.
    'img-src data:',
    `connect-src ${isFrame ? "'self'" : "'none'"}`,
    "base-uri 'none'",
    `form-action ${isFrame ? join("'self'", place.leadsTo) : "'none'"}`,
    `frame-ancestors ${isFrame ? join(place.zendesk, loopbackZendesk) : "'none'"}`,
  ];
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    // Zendesk may check which origin sent the account.
    'referrer-policy': isFrame ? 'strict-origin' : 'no-referrer',
  };
}

function toZendeskOrigin(subdomain: string): string {
  return `https://${toZendeskHost(subdomain)}`;
}

function join(...sources: readonly (string | undefined)[]): string {
  return sources.filter((source) => source !== undefined).join(' ');
}
