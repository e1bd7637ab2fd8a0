import { type AppPackage, isObject, type Json } from './app-package.js';
import { LOCALE } from './translation-rules.js';

const FRAMEWORK_VERSION = '2.0';
const STRINGS = [
  'name',
  'version',
  'defaultLocale',
  'frameworkVersion',
  'remoteInstallationURL',
  'termsConditionsURL',
  'gaID',
];
const FLAGS = ['private', 'singleInstall', 'signedUrls', 'requirementsOnly', 'marketingOnly'];
/** Where an app of Zendesk Support can stand. */
const SUPPORT_LOCATIONS = [
  'top_bar',
  'nav_bar',
  'ticket_sidebar',
  'new_ticket_sidebar',
  'user_sidebar',
  'organization_sidebar',
  'background',
  'modal',
  'ticket_editor',
  'system_top_bar',
];
/** Experiments that the marketplace lets through. */
const EXPERIMENTS = ['hashParams', 'newCssCompiler'];

/** Checks `manifest.json`. This app asks for no settings and no other product than Support, so these are refused as such. */
export function manifestFaults(app: AppPackage): string[] {
  if (!app.has('manifest.json')) {
    const nested = app.names.find((name) => /^[^/]+\/manifest\.json$/.test(name));
    return [
      nested === undefined
        ? 'manifest.json is missing'
        : `manifest.json must be at the root, not at ${nested}`,
    ];
  }
  const read = app.object('manifest.json');
  if ('faults' in read) return read.faults;
  const { json } = read;
  return [
    ...['author', 'defaultLocale', 'location', 'frameworkVersion']
      .filter((name) => json[name] === undefined)
      .map((name) => `manifest.json has no ${name}`),
    ...STRINGS.filter((name) => !['string', 'undefined'].includes(typeof json[name])).map(
      (name) => `${name} of manifest.json is not a string`,
    ),
    ...FLAGS.filter((name) => !['boolean', 'undefined'].includes(typeof json[name])).map(
      (name) => `${name} of manifest.json is not true or false`,
    ),
    ...['requirementsOnly', 'marketingOnly']
      .filter((name) => json[name] === true)
      .map((name) => `an app with a page must not be ${name}`),
    ...(json.frameworkVersion === FRAMEWORK_VERSION || json.frameworkVersion === undefined
      ? []
      : [`frameworkVersion must be ${FRAMEWORK_VERSION}`]),
    ...(json.noTemplate === undefined ? [] : ['noTemplate is of framework version 1']),
    ...['parameters', 'oauth', 'domainWhitelist']
      .filter((name) => json[name] !== undefined)
      .map((name) => `${name} of manifest.json is not checked here, and this app needs none`),
    ...authorFaults(json.author),
    ...urlFaults('termsConditionsURL', json.termsConditionsURL),
    ...localeFaults(app, json.defaultLocale),
    ...locationFaults(app, json.location),
    ...experimentFaults(json.experiments),
  ];
}

function authorFaults(author: unknown): string[] {
  if (author === undefined) return [];
  if (!isObject(author)) return ['author of manifest.json is not an object'];
  return [
    ...['name', 'email', 'url']
      .filter((name) => !['string', 'undefined'].includes(typeof author[name]))
      .map((name) => `author.${name} is not a string`),
    ...urlFaults('author.url', author.url),
  ];
}

function urlFaults(name: string, value: unknown): string[] {
  if (typeof value !== 'string') return [];
  const isWeb = URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
  return isWeb ? [] : [`${name} is not the address of a web page`];
}

function localeFaults(app: AppPackage, locale: unknown): string[] {
  if (typeof locale !== 'string') return [];
  if (!LOCALE.test(locale)) return ['defaultLocale is not a locale'];
  const file = `translations/${locale}.json`;
  return app.has(file) ? [] : [`${file} is missing, though it is the defaultLocale`];
}

function locationFaults(app: AppPackage, location: unknown): string[] {
  if (location === undefined) return [];
  if (!isObject(location)) return ['location must name pages, so it must be an object'];
  const hosts = Object.keys(location).filter((host) => host !== 'support');
  const support = isObject(location.support) ? location.support : {};
  return [
    ...hosts.map((host) => `location.${host} is another product than Support`),
    ...(Object.keys(support).length === 0 ? ['location.support names no place'] : []),
    ...Object.entries(support).flatMap(([place, options]) => [
      ...(SUPPORT_LOCATIONS.includes(place) ? [] : [`${place} is no place in Support`]),
      ...placeFaults(app, place, isObject(options) ? options : { url: options }),
    ]),
  ];
}

function placeFaults(app: AppPackage, place: string, { url, autoLoad, flexible }: Json): string[] {
  const flags = [
    ...(['boolean', 'undefined'].includes(typeof flexible)
      ? []
      : [`flexible of ${place} is not true or false`]),
  ];
  if (typeof url !== 'string' || url === '') {
    return autoLoad === false ? flags : [...flags, `${place} has no url`];
  }
  const isRelative = !/^[a-z][a-z0-9+.-]*:/i.test(url);
  const isGood = isRelative
    ? url.startsWith('assets/') && app.has(url)
    : URL.canParse(url) && new URL(url).protocol === 'https:';
  return isGood
    ? flags
    : [...flags, `url of ${place} is neither a file under assets/ nor https: ${url}`];
}

function experimentFaults(experiments: unknown): string[] {
  if (experiments === undefined) return [];
  if (!isObject(experiments)) return ['experiments of manifest.json is not an object'];
  return Object.entries(experiments)
    .filter(([name, isOn]) => isOn === true && !EXPERIMENTS.includes(name))
    .map(([name]) => `the experiment ${name} is not open to apps`);
}
