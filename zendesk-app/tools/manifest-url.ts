/** Where the service serves its manifest; it has nothing below a path of its own. */
const PATH = '/manifest.json';
const LOOPBACK =
  /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\]|\[::ffff:7f\w\w:\w+\]|0\.0\.0\.0|\[::\])\.?$/;

/** Whether a service's integration manifest can be there: over https, by an address that says nothing but where it is. */
export function isManifestUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, pathname, href } = new URL(text);
  return (
    protocol === 'https:' &&
    username === '' &&
    password === '' &&
    pathname === PATH &&
    // No query and no hash, not even an empty one.
    !/[?#]/.test(href)
  );
}

/** Whether such an address is of this machine alone: the sandbox's Zendesk reaches it, Zendesk does not. */
export function isOfThisMachine(manifestUrl: string): boolean {
  return LOOPBACK.test(new URL(manifestUrl).hostname);
}
