import type { AppPackage } from './app-package.js';

/** The most that the app may have, packed, in bytes: it is loaded with each ticket. */
export const PACKAGE_MAX_BYTES = 150_000;

/** Files that Zendesk takes as assets (documentation, "Styles and assets"). */
const ASSET_TYPES = /\.(png|jpe?g|gif|svg|js|html?|css|map|eot|woff2?|otf|ttf|json|xml|hbs|hdbs)$/;
/** Files that Zendesk refuses by their first bytes, whatever they are called: zip, gzip, PDF, RAR, 7z, bzip2, old Office, MP3. */
const REFUSED_BYTES = [
  '504b0304',
  '1f8b',
  '25504446',
  '52617221',
  '377abcaf',
  '425a68',
  'd0cf11e0',
  '494433',
];

/** Icons that a sidebar app must have, square, in pixels (documentation, "Create brand assets"). */
const ICONS = { 'assets/logo.png': 320, 'assets/logo-small.png': 128 } as const;
const PNG = '89504e470d0a1a0a';
/** Where a PNG's header has its width and height. */
const PNG_SIZE_AT = 16;

/** Checks what is in the package: where it is, what it is, and how large. */
export function assetFaults(app: AppPackage): string[] {
  return [
    ...app.names
      .filter((name) => !isPlaced(name))
      .map((name) => `${JSON.stringify(name)} has no place in an app`),
    ...app.names
      .filter((name) => name.startsWith('assets/') && !ASSET_TYPES.test(name))
      .map((name) => `${name} is of a type that Zendesk does not take`),
    ...app.names
      .filter((name) => REFUSED_BYTES.some((bytes) => hex(app.bytes(name), 0, 8).startsWith(bytes)))
      .map((name) => `${name} is an archive or a document, which Zendesk does not take`),
    ...Object.entries(ICONS).flatMap(([name, size]) => iconFaults(app, name, size)),
    ...(app.has('assets/banner.png') ? ['assets/banner.png is not checked here'] : []),
    ...app.names.filter((name) => name.endsWith('.svg')).flatMap((name) => svgFaults(app, name)),
  ];
}

/** Names are plain, so that no program that unpacks them can be led to another folder, or to read two names as one. */
const PLAIN_NAME = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/;

function isPlaced(name: string): boolean {
  return (
    PLAIN_NAME.test(name) &&
    (['manifest.json', 'requirements.json'].includes(name) || /^(assets|translations)\//.test(name))
  );
}

function iconFaults(app: AppPackage, name: string, size: number): string[] {
  if (!app.has(name)) return [`${name} is missing`];
  const bytes = app.bytes(name);
  if (hex(bytes, 0, 8) !== PNG) return [`${name} is not a PNG`];
  const header = new DataView(bytes.buffer, bytes.byteOffset + PNG_SIZE_AT, 8);
  const [width, height] = [header.getUint32(0), header.getUint32(4)];
  return width === size && height === size
    ? []
    : [
        `${name} has ${String(width)} × ${String(height)} pixels, not ${String(size)} × ${String(size)}`,
      ];
}

const SVG_ELEMENTS = [
  'svg',
  'g',
  'path',
  'circle',
  'ellipse',
  'rect',
  'line',
  'polygon',
  'polyline',
  'defs',
  'symbol',
  'title',
  'linearGradient',
  'radialGradient',
  'stop',
];
const SVG_ATTRIBUTES =
  /^(xmlns|viewBox|width|height|id|class|d|c[xy]|r[xy]?|[xy][12]?|points|transform|fill(-rule|-opacity)?|stroke(-\w+)?|opacity|offset|stop-(color|opacity)|gradient(Units|Transform)|clip-rule)$/;

/** An element as it is written out: its name, and attributes in double quotes, each after a space. Nothing that a parser might mend. */
const SVG_TAG = /<(?:\/([\w:-]+)\s*|([\w:-]+)((?:\s+[\w:-]+\s*=\s*"[^"<]*")*)\s*\/?)>/g;
const SVG_ATTRIBUTE = /(?<![\w:-])([\w:-]+)\s*=\s*"([^"]*)"/g;
/** What names something elsewhere; a reference within the drawing is `url(#…)`. The name of SVG is an address only by its looks. */
const ELSEWHERE = /url\((?!#[\w-]+\))|:|&|\\/i;

/** Zendesk takes elements and attributes out of an SVG that are not known to be safe; here they are refused. */
function svgFaults(app: AppPackage, name: string): string[] {
  const text = app.text(name);
  const tags = [...text.matchAll(SVG_TAG)];
  const elements = tags.map(([, closed, opened]) => closed ?? opened ?? '');
  const attributes = tags.flatMap(([, , , written = '']) => [...written.matchAll(SVG_ATTRIBUTE)]);
  const unsafe = [
    ...elements.filter((element) => !SVG_ELEMENTS.includes(element)),
    ...attributes
      .map(([, attribute = '']) => attribute)
      .filter((attribute) => !SVG_ATTRIBUTES.test(attribute)),
    ...attributes
      .filter(([, attribute, value = '']) => attribute !== 'xmlns' && ELSEWHERE.test(value))
      .map(([written]) => written),
  ];
  return [
    ...[...new Set(unsafe)].map((what) => `${name} has ${what}, which is not known to be safe`),
    ...(/[<>]/.test(text.replace(SVG_TAG, ''))
      ? [`${name} has markup that is not written as name="value", which is not known to be safe`]
      : []),
  ];
}

function hex(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.subarray(start, end)).toString('hex');
}
