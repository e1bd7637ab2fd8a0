import type { AppFiles } from './build.js';

/** What Zendesk's validator would say of a package, in sentences; empty where it would take it. */
export function faultsOfApp(files: AppFiles): string[] {
  return 'manifest.json' in files ? [] : ['manifest.json is missing'];
}
