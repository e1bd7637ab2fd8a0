/** The service has no base path, so its manifest is always here. */
const PATH = '/manifest.json';
const LOOPBACK =
  /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\]|\[::ffff:7f\w\w:\w+\]|0\.0\.0\.0|\[::\])\.?$/;

/**
 * Whether this can be the address of a service's integration manifest: https, no credentials,
 * nothing after the path.
 */
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

/** Whether only this machine can reach the address: the sandbox can use it, Zendesk cannot. */
export function isLoopbackUrl(manifestUrl: string): boolean {
  return LOOPBACK.test(new URL(manifestUrl).hostname);
}
