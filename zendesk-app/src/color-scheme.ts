/**
 * Takes the colours of Zendesk's page: it names them in the page's address, as the property `colorScheme` and in the event
 * `colorScheme.changed` (Zendesk, "Dark mode"). Where it names none, its page is light.
 */
export function showColorScheme(scheme: unknown): void {
  document.documentElement.dataset.colorScheme = scheme === 'dark' ? 'dark' : 'light';
}

export function colorSchemeOfAddress(): string | null {
  return new URLSearchParams(location.search).get('colorScheme');
}
