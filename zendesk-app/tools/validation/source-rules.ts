import type { AppPackage } from './app-package.js';

/** The name of SVG; an address only by its looks. */
const NAMESPACE = 'http://www.w3.org/2000/svg';
/** Words that look like a secret left in the source. */
const SECRET_WORDS =
  /password|secret|secretToken|secret_token|auth_?(key|pass|user)|api_key|-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{8}/i;
/** A value that is given to something called a token or key. */
const SECRET_VALUES = /(token|app[-_]key|consumer[-_]key|master[-_]key) ?[:"=-]/i;

/** What Zendesk warns of in an app's source: addresses that are not https, and secrets. */
export function sourceFaults(app: AppPackage): string[] {
  const files = app.names.filter((name) => /\.(html?|jsx?|json|xml)$/.test(name));
  return files.flatMap((name) => {
    const text = app.text(name).replaceAll(NAMESPACE, '');
    return [
      ...(/\bhttp:\/\/\w/.test(text) ? [`${name} names an address that is not https`] : []),
      ...[SECRET_WORDS, SECRET_VALUES].flatMap((pattern) => {
        const found = pattern.exec(text);
        return found === null ? [] : [`${name} has what looks like a secret: ${found[0]}`];
      }),
    ];
  });
}
