import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../support/run.js';

/** A service of `compose.yaml`. */
interface ComposeService {
  readonly image: string;
  readonly build?: { readonly args: { readonly VERSION: string } };
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly networks: readonly string[];
  readonly ports?: readonly string[];
  readonly user?: string;
  readonly privileged?: boolean;
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly stop_grace_period: string;
}

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

export const readText = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

export function readCompose(): Compose {
  return parse(readText('compose.yaml')) as Compose;
}

/** The settings of `.env.example`, also those that are comments. */
export function readSettings(): string[] {
  return [...readText('.env.example').matchAll(/^(?:# )?([A-Z][A-Z_]+)=/gm)].map(
    ([, name = '']) => name,
  );
}

/** The values of one option in the Caddyfile. */
export function readCaddyOption(name: string): string[] {
  return [...readText('deploy/Caddyfile').matchAll(/^\t+(\w+) (\S.*)$/gm)]
    .filter(([, option]) => option === name)
    .map(([, , value = '']) => value);
}

/** The milliseconds of a time such as `60s`. */
export function toMs(time = ''): number {
  const [, seconds] = /^(\d+)s$/.exec(time) ?? [];
  return Number(seconds ?? Number.NaN) * 1000;
}
