import { isManifestUrl } from '../manifest-url.js';
import { type AppPackage, isObject } from './app-package.js';

/** What an app can require; this one needs a channel integration and nothing else. */
const TYPES = ['channel_integrations'];

/** Checks `requirements.json`: one channel integration, with the address of its manifest. */
export function requirementFaults(app: AppPackage): string[] {
  if (!app.has('requirements.json')) return ['requirements.json is missing'];
  const read = app.object('requirements.json');
  if ('faults' in read) return read.faults;
  const integrations = isObject(read.json.channel_integrations)
    ? Object.entries(read.json.channel_integrations)
    : [];
  return [
    ...Object.keys(read.json)
      .filter((type) => !TYPES.includes(type))
      .map((type) => `requirements.json asks for ${type}, which this app does not need`),
    ...(integrations.length === 1
      ? []
      : [`requirements.json has ${String(integrations.length)} channel_integrations, not one`]),
    ...integrations.flatMap(([name, integration]) => {
      const url = isObject(integration) ? integration.manifest_url : undefined;
      if (typeof url !== 'string') return [`the channel integration ${name} has no manifest_url`];
      return isManifestUrl(url)
        ? []
        : [`manifest_url of ${name} is not the https address of a service's /manifest.json`];
    }),
  ];
}
