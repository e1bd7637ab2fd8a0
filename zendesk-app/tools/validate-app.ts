import { transformSync } from 'esbuild';
import { strFromU8 } from 'fflate';
import { type AppFiles, zipApp } from './build.js';
import {
  ADDRESS,
  ALLOWED_ADDRESSES,
  ALLOWED_TAGS,
  type Fields,
  ICONS,
  isText,
  LOADING_TAG,
  MANIFEST_FIELDS,
  OPTIONAL_FILE,
  PACKAGE_MAX_BYTES,
  REQUIRED_FILES,
  REQUIREMENT_FIELDS,
  SECRETS,
  ZENDESK_TEXTS,
} from './package-rules.js';

type Json = Readonly<Record<string, unknown>>;
type Problems = Generator<string, void>;

/**
 * Checks a package before an admin uploads it. Zendesk's own validator (`zcli apps:validate`)
 * covers every kind of app; these rules cover what can go wrong in this one.
 *
 * @returns the problems as sentences; empty for a valid package.
 */
export function validateApp(files: AppFiles): string[] {
  const structure = [...checkFiles(files)];
  return structure.length > 0 ? structure : [...checkContents(files)];
}

/** Reports files that are missing, unexpected or not a JSON object. */
function* checkFiles(files: AppFiles): Problems {
  for (const name of REQUIRED_FILES) {
    if (!Object.hasOwn(files, name)) yield `${name} is missing`;
  }
  for (const name of Object.keys(files)) {
    if (!REQUIRED_FILES.includes(name) && !OPTIONAL_FILE.test(name)) {
      yield `${JSON.stringify(name)} does not belong in the package`;
    } else if (name.endsWith('.json')) yield* checkJson(name, readText(files, name));
  }
}

function* checkJson(name: string, text: string): Problems {
  try {
    if (!isObject(JSON.parse(text))) yield `${name} is not a JSON object`;
  } catch {
    yield `${name} is not valid JSON`;
    return;
  }
  // JSON.parse silently drops the first of two equal keys; esbuild warns about them.
  const { warnings } = transformSync(text, { loader: 'json', logLevel: 'silent' });
  for (const warning of warnings) yield `${name}: ${warning.text}`;
}

function* checkContents(files: AppFiles): Problems {
  yield* checkFields(files, 'manifest.json', MANIFEST_FIELDS);
  yield* checkFields(files, 'requirements.json', REQUIREMENT_FIELDS);
  for (const name of Object.keys(files)) {
    if (name.startsWith('translations/')) yield* checkTranslation(files, name);
    if (!name.endsWith('.png')) yield* checkSource(name, readText(files, name));
  }
  yield* checkPage(readText(files, 'assets/iframe.html'));
  for (const [name, pixels] of Object.entries(ICONS)) {
    if (!isIcon(Buffer.from(files[name] ?? []), pixels)) {
      yield `${name} is not a PNG of ${String(pixels)} × ${String(pixels)} pixels`;
    }
  }
  const { length } = zipApp(files);
  if (length > PACKAGE_MAX_BYTES) {
    yield `the package has ${String(length)} bytes, more than ${String(PACKAGE_MAX_BYTES)}`;
  }
}

function* checkFields(files: AppFiles, name: string, expected: Fields): Problems {
  const fields = readFields(files, name);
  for (const [path, isValid] of Object.entries(expected)) {
    if (!isValid(fields.get(path))) yield `${name}: ${path} is missing or invalid`;
  }
  for (const path of fields.keys()) {
    if (!Object.hasOwn(expected, path)) yield `${name}: ${path} is not a field that this app uses`;
  }
}

/** Every language must have the same texts as English, with the same placeholders. */
function* checkTranslation(files: AppFiles, name: string): Problems {
  const english = readFields(files, 'translations/en.json');
  const texts = readFields(files, name);
  const required = ZENDESK_TEXTS.map((key) => `app.${key}`);
  for (const key of new Set([...required, ...english.keys(), ...texts.keys()])) {
    const [text, original] = [texts.get(key), english.get(key)];
    if (!isText(text)) yield `${name} has no ${key}`;
    else if (original === undefined) yield `${name} has ${key}, which English does not have`;
    else if (readPlaceholders(text) !== readPlaceholders(original)) {
      yield `${name} has other placeholders in ${key} than English`;
    }
  }
}

function* checkSource(name: string, source: string): Problems {
  for (const pattern of SECRETS) {
    const found = pattern.exec(source);
    if (found !== null) yield `${name} may contain a secret: ${found[0]}`;
  }
  // Its address is checked as a field.
  if (name === 'requirements.json') return;
  for (const [address] of source.matchAll(ADDRESS)) {
    if (!ALLOWED_ADDRESSES.includes(address)) yield `${name} has the foreign address ${address}`;
  }
}

/** Zendesk lets an app load any script; this app loads its own and Zendesk's SDK. */
function* checkPage(page: string): Problems {
  for (const markup of page.split('<')) {
    const tag = markup.slice(0, markup.indexOf('>') + 1);
    if (LOADING_TAG.test(markup) && !ALLOWED_TAGS.includes(tag)) {
      yield `assets/iframe.html may not load <${tag}`;
    }
  }
}

/** A PNG starts with its signature; its width and height are at bytes 16 and 20. */
function isIcon(png: Buffer, pixels: number): boolean {
  if (png.length < 24 || png.toString('latin1', 1, 4) !== 'PNG') return false;
  return png.readUInt32BE(16) === pixels && png.readUInt32BE(20) === pixels;
}

function readText(files: AppFiles, name: string): string {
  return strFromU8(files[name] ?? new Uint8Array());
}

/** The values of a JSON file by their path, such as `author.name`. */
function readFields(files: AppFiles, name: string): ReadonlyMap<string, unknown> {
  return flatten(JSON.parse(readText(files, name)) as Json);
}

function flatten(json: Json, prefix = ''): Map<string, unknown> {
  return new Map(
    Object.entries(json).flatMap(([key, value]): [string, unknown][] =>
      isObject(value) && Object.keys(value).length > 0
        ? [...flatten(value, `${prefix}${key}.`)]
        : [[`${prefix}${key}`, value]],
    ),
  );
}

function readPlaceholders(text: unknown): string {
  return [...new Set(String(text).match(/\{\{\w+\}\}/g))].sort().join();
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
