import { isManifestUrl } from './manifest-url.js';

/** The fields that a JSON file must have, by path. No others are allowed. */
export type Fields = Readonly<Record<string, (value: unknown) => boolean>>;

/** The app loads with each ticket, so its package stays small. */
export const PACKAGE_MAX_BYTES = 60_000;

export const REQUIRED_FILES = [
  'manifest.json',
  'requirements.json',
  'translations/en.json',
  'assets/iframe.html',
  'assets/main.css',
  'assets/main.js',
  'assets/logo.png',
  'assets/logo-small.png',
];
export const OPTIONAL_FILE = /^(?:translations\/[a-z]{2}\.json|assets\/logo\.svg)$/;
/** Width and height of the icons in pixels (Zendesk documentation, "Create brand assets"). */
export const ICONS = { 'assets/logo.png': 320, 'assets/logo-small.png': 128 } as const;

export const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '';
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
export const MANIFEST_FIELDS: Fields = {
  name: isText,
  'author.name': isText,
  version: isText,
  frameworkVersion: (value) => value === '2.0',
  defaultLocale: (value) => value === 'en',
  private: isBoolean,
  'location.support.ticket_sidebar.url': (value) => value === 'assets/iframe.html',
  'location.support.ticket_sidebar.flexible': isBoolean,
};
export const REQUIREMENT_FIELDS: Fields = {
  'channel_integrations.instagram.manifest_url': (value) => isText(value) && isManifestUrl(value),
};
/** Texts that Zendesk requires: it shows them where an admin installs the app. */
export const ZENDESK_TEXTS = [
  'name',
  'short_description',
  'long_description',
  'installation_instructions',
];

/** The documented address of Zendesk's SDK, the only script from outside the package. */
const SDK = 'https://static.zdassets.com/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js';
export const LOADING_TAG = /^(?:script|link|base|iframe|object|embed)\b/i;
export const ALLOWED_TAGS = [
  'link rel="stylesheet" href="main.css" />',
  `script src="${SDK}">`,
  'script src="main.js">',
];
export const ADDRESS = /(?:https?:|(?<=["'(=]))\/\/[\w-]+(?:[./][\w-]+)*/gi;
export const ALLOWED_ADDRESSES = [
  SDK,
  // The SVG namespace. Zendesk's own validator warns about it because it is not https.
  'http://www.w3.org/2000/svg',
  // The licence that Garden's stylesheets name.
  'http://www.apache.org/licenses/LICENSE-2.0',
  // Profiles of commenters, as links.
  'https://www.instagram.com',
];
export const SECRETS = [
  /password|secret|auth_?(?:key|pass|user)|api_key|-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{8}/i,
  /(?:token|app[-_]key|consumer[-_]key|master[-_]key) ?[:"=-]/i,
];
