/**
 * By default Jest links all modules again for each test file, which takes most of the time of a
 * short one. With this runtime Node loads each module once for all test files of a worker. So test
 * files share what modules keep, and cannot mock modules.
 */
import { Buffer } from 'node:buffer';
import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import JestRuntime from 'jest-runtime';
import { compile } from './compile.js';
import { setGlobals } from './globals.js';

register('./module-hooks.js', import.meta.url);

const require = createRequire(import.meta.url);

/** Makes the source map of a file when a stack trace needs it. */
class SourceMaps extends Map {
  get(url) {
    if (!super.has(url) && /^file:.*\.ts$/.test(url)) {
      const { map } = compile(url, true);
      super.set(url, `data:application/json;base64,${Buffer.from(map).toString('base64')}`);
    }
    return super.get(url);
  }
}

const sourceMaps = new SourceMaps();

export default class NativeRuntime extends JestRuntime {
  unstable_shouldLoadAsEsm() {
    return true;
  }

  async unstable_importModule(path) {
    setGlobals(this.requireModuleOrMock(path, '@jest/globals'));
    await import(pathToFileURL(path).href);
  }

  /** The test runner is loaded again for each test file, since it keeps the file's tests. */
  requireInternalModule(path) {
    Reflect.deleteProperty(require.cache, path);
    Reflect.deleteProperty(globalThis, Symbol.for('EVENT_HANDLERS'));
    return require(path);
  }

  /** `process` is not a copy that needs a `getBuiltinModule` of its own. */
  installGetBuiltinModule() {
    return undefined;
  }

  getSourceMaps() {
    return sourceMaps;
  }
}
