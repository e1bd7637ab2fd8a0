import { strFromU8 } from 'fflate';
import type { AppFiles } from '../build.js';
import { duplicateKeysOf } from './duplicate-keys.js';

export type Json = Readonly<Record<string, unknown>>;

/** A package as the checks look at it. */
export class AppPackage {
  readonly names: readonly string[];

  constructor(readonly files: AppFiles) {
    this.names = Object.keys(files);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.files, name);
  }

  bytes(name: string): Uint8Array {
    return this.files[name] ?? new Uint8Array();
  }

  text(name: string): string {
    return strFromU8(this.bytes(name));
  }

  /** A file that must be a JSON object in which no key stands twice; the sentences say why it is not. */
  object(name: string): { readonly json: Json } | { readonly faults: string[] } {
    const text = this.text(name);
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return { faults: [`${name} is not JSON`] };
    }
    if (!isObject(json)) return { faults: [`${name} is not a JSON object`] };
    const twice = duplicateKeysOf(text);
    return twice.length > 0 ? { faults: [`${name} has twice: ${twice.join(', ')}`] } : { json };
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
