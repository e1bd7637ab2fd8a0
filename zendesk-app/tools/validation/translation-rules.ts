import { type AppPackage, isObject, type Json } from './app-package.js';

export const LOCALE = /^[a-z]{2,3}(-\w{2,3})?$/;

const FILE = /^translations\/(.*)\.json$/;
/** What Zendesk shows where an app is installed. `name` alone is asked of an app that stays private. */
const PUBLIC_KEYS = ['name', 'short_description', 'installation_instructions', 'long_description'];

/** Checks `translations/`. Beyond Zendesk's rules: every language says everything that English says, with the same blanks. */
export function translationFaults(app: AppPackage): string[] {
  const files = app.names.filter((name) => name.startsWith('translations/'));
  return [
    ...files.filter((name) => !FILE.test(name)).map((name) => `${name} is no translation`),
    ...files.filter((name) => FILE.test(name)).flatMap((name) => fileFaults(app, name)),
  ];
}

function fileFaults(app: AppPackage, file: string): string[] {
  const locale = FILE.exec(file)?.[1] ?? '';
  const read = app.object(file);
  if ('faults' in read) return read.faults;
  const { json } = read;
  const strings = isObject(json.app) ? json.app : {};
  return [
    ...(LOCALE.test(locale) ? [] : [`${file} is not named after a locale`]),
    ...PUBLIC_KEYS.filter((key) => typeof strings[key] !== 'string' || strings[key] === '').map(
      (key) => `${file} has no app.${key}`,
    ),
    ...parameterFaults(file, strings.parameters),
    ...(strings.package === undefined
      ? []
      : [`${file} has app.package, for Zendesk's translators`]),
    ...differences(app, file, json),
  ];
}

function parameterFaults(file: string, parameters: unknown): string[] {
  if (!isObject(parameters)) return [];
  return Object.entries(parameters)
    .filter(([, leaf]) => !isObject(leaf) || leaf.label === undefined)
    .map(([name]) => `${file} has no label for the parameter ${name}`);
}

function differences(app: AppPackage, file: string, json: Json): string[] {
  const english = app.object('translations/en.json');
  if ('faults' in english) return [];
  const [here, there] = [flat(json), flat(english.json)];
  return [
    ...[...there.keys()].filter((key) => !here.has(key)).map((key) => `${file} has no ${key}`),
    ...[...here.keys()].filter((key) => !there.has(key)).map((key) => `${file} alone has ${key}`),
    ...[...here]
      .filter(([key, text]) => there.has(key) && blanksOf(text) !== blanksOf(there.get(key) ?? ''))
      .map(([key]) => `${file} has other blanks in ${key} than English`),
  ];
}

/** Every text by its path. */
function flat(json: Json, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(json).flatMap(([key, value]): [string, string][] =>
      isObject(value) ? [...flat(value, `${prefix}${key}.`)] : [[`${prefix}${key}`, String(value)]],
    ),
  );
}

function blanksOf(text: string): string {
  return [...new Set(text.match(/\{\{\w+\}\}/g))].sort().join();
}
