import { isJsonObject } from '../common/json-object.js';
import { MANIFEST_LIMITS } from './limits.js';

/** The URLs of a manifest; only `admin_ui` is required (Zendesk, "Integration manifest"). */
const URL_NAMES = [
  'admin_ui',
  'pull_url',
  'channelback_url',
  'clickthrough_url',
  'healthcheck_url',
  'about_url',
  'dashboard_url',
  'event_callback_url',
] as const;

type UrlName = (typeof URL_NAMES)[number];

const TEXTS = ['name', 'id', 'version', 'author', 'push_client_id'] as const;
const REQUIRED_TEXTS: readonly string[] = ['name', 'id'];
const FLAGS = ['channelback_files', 'create_followup_tickets'] as const;

/** The integration manifest as sent to Zendesk. */
export type Manifest = Readonly<
  { name: string; id: string } & Partial<Record<(typeof TEXTS)[number], string>> &
    Partial<Record<(typeof FLAGS)[number], boolean>>
> & { readonly urls: Readonly<Partial<Record<UrlName, string>>> };

/**
 * Checks a manifest against Zendesk's limits and makes its URLs absolute.
 *
 * @param json the content of the manifest file. Its URLs may be relative to the manifest's URL.
 * @param address the manifest's https URL.
 */
export function checkManifest(
  json: unknown,
  address: string,
): { readonly manifest: Manifest } | { readonly faults: readonly string[] } {
  if (!isJsonObject(json)) return { faults: ['it is not a JSON object'] };
  const urls = isJsonObject(json.urls) ? json.urls : {};
  const absolute = Object.entries(urls).map(
    ([name, url]) => [name, resolve(url, address)] as const,
  );
  const faults = [
    ...findUnknownNames(json, [...TEXTS, ...FLAGS, 'urls'], ''),
    ...TEXTS.flatMap((name) => checkText(name, json[name])),
    ...FLAGS.filter((name) => !['boolean', 'undefined'].includes(typeof json[name])).map(
      (name) => `${name} must be true or false`,
    ),
    ...(isJsonObject(json.urls) ? [] : ['urls must be an object']),
    ...findUnknownNames(urls, URL_NAMES, 'urls.'),
    ...(urls.admin_ui === undefined ? ['urls.admin_ui must be given'] : []),
    ...absolute.flatMap(([name, url]) => checkUrl(`urls.${name}`, url)),
  ];
  if (faults.length > 0) return { faults };
  const manifest = {
    ...json,
    urls: Object.fromEntries(absolute.map(([name, url]) => [name, url?.href])),
  };
  return { manifest: manifest as unknown as Manifest };
}

function checkText(name: (typeof TEXTS)[number], value: unknown): string[] {
  const limit = MANIFEST_LIMITS[name];
  if (value === undefined) return REQUIRED_TEXTS.includes(name) ? [`${name} must be given`] : [];
  const fits = typeof value === 'string' && value.length >= 1 && value.length <= limit;
  return fits ? [] : [`${name} must be a string of 1 to ${String(limit)} characters`];
}

function checkUrl(name: string, url: URL | undefined): string[] {
  if (url === undefined) return [`${name} must be a URL, absolute or relative to the manifest`];
  return [
    ...(url.protocol === 'https:' ? [] : [`${name} must be https`]),
    ...(url.href.length <= MANIFEST_LIMITS.url
      ? []
      : [`${name} must have at most ${String(MANIFEST_LIMITS.url)} characters as an absolute URL`]),
  ];
}

/** An unknown name is probably misspelt, and Zendesk would silently ignore it. */
function findUnknownNames(json: object, known: readonly string[], prefix: string): string[] {
  return Object.keys(json)
    .filter((name) => !known.includes(name))
    .map((name) => `${prefix}${name} is not a name that Zendesk knows`);
}

function resolve(url: unknown, address: string): URL | undefined {
  return typeof url === 'string' && url !== '' && URL.canParse(url, address)
    ? new URL(url, address)
    : undefined;
}
