import type { AppPackage } from './app-package.js';

/** The name of SVG; an address only by its looks. */
const NAMESPACE = 'http://www.w3.org/2000/svg';
/** Words that look like a secret left in the source. */
const SECRET_WORDS =
  /password|secret|auth_?(key|pass|user)|api_key|-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{8}/i;
/** A value that is given to something called a token or key. */
const SECRET_VALUES = /(token|app[-_]key|consumer[-_]key|master[-_]key) ?[:"=-]/i;

/** The one script that an app loads from elsewhere: Zendesk's own (documentation, "Loading the framework client"). */
const SDK =
  /^https:\/\/static\.zdassets\.com\/zendesk_app_framework_sdk\/2\.0(\.\d+)?\/zaf_sdk\.min\.js$/;
/** A file of the package, named without anything that a browser would read as another place. */
const OWN_FILE = /^[\w-][\w./-]*$/;
/** Elements by which a page gets scripts, or by which its own would come from elsewhere; a quoted value may hold what ends others. */
const LOADING = /<(?:script|base)\b((?:"[^"]*"|'[^']*'|[^>"'])*)/gi;
/** It may follow a slash or another value, and stand without quotes. */
const ADDRESS = /[\s/"'](?:src|href|xlink:href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*))/gi;

/** Zendesk lets an app load what it likes. This one is looked through as it is packaged, so that nothing else may run in it. */
function scriptFaults(name: string, html: string): string[] {
  return [...html.matchAll(LOADING)]
    .flatMap(([, attributes = '']) => [...attributes.matchAll(ADDRESS)])
    .map(([, double, single, bare]) => double ?? single ?? bare ?? '')
    .filter((address) => !OWN_FILE.test(address) && !SDK.test(address))
    .map((address) => `${name} loads a script from elsewhere: ${address}`);
}

/** What Zendesk warns of in an app's source: addresses that are not https, and secrets. */
export function sourceFaults(app: AppPackage): string[] {
  const files = app.names.filter((name) => /\.(html?|jsx?|json|xml)$/.test(name));
  return files.flatMap((name) => {
    const text = app.text(name).replaceAll(NAMESPACE, '');
    return [
      ...(/\.html?$/.test(name) ? scriptFaults(name, text) : []),
      ...(/\bhttp:\/\/\w/.test(text) ? [`${name} names an address that is not https`] : []),
      ...[SECRET_WORDS, SECRET_VALUES].flatMap((pattern) => {
        const found = pattern.exec(text);
        return found === null ? [] : [`${name} has what looks like a secret: ${found[0]}`];
      }),
    ];
  });
}
