/** The source of an icon, which the bundler imports as text. */
declare module '*.svg' {
  const source: string;
  export = source;
}

declare module '*.css';

/** The id of the integration manifest. The build inserts it. */
declare const MANIFEST_ID: string;
