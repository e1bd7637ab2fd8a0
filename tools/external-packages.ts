/** Packages that stay outside the bundle, in `node_modules`. */
export const EXTERNAL: readonly string[] = [
  // They find files of their own: a binary, a thread, style sheets, Swagger UI.
  '@photostructure/sqlite',
  'pino',
  '@zendeskgarden/*',
  'swagger-ui-dist',
  // They load packages by name at run time, or are loaded so by others, and must exist once.
  'fastify',
  '@fastify/*',
  'class-transformer',
  'class-validator',
  'pg',
  // Optional packages of Nest, which are not installed.
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
];

/** Whether a package stays outside. An asterisk at the end matches the rest of a name. */
export function isExternal(name: string): boolean {
  return EXTERNAL.some((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );
}
