/** An icon's source, as the bundler brings it in. */
declare module '*.svg' {
  const source: string;
  export = source;
}

declare module '*.css';

/** The integration manifest's id; the packaging writes it in. */
declare const MANIFEST_ID: string;
