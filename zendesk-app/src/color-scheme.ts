/**
 * Uses the colours of the surrounding Zendesk page. Zendesk passes them in the page's address, as
 * the property `colorScheme` and in the event `colorScheme.changed` (Zendesk, "Dark mode").
 * Without a value, the page is light.
 */
export function applyColorScheme(scheme: unknown): void {
  document.documentElement.dataset.colorScheme = scheme === 'dark' ? 'dark' : 'light';
}

export function readColorSchemeFromAddress(): string | null {
  return new URLSearchParams(location.search).get('colorScheme');
}
