/**
 * Replaces `@jest/globals`. Node loads a module once, so the functions here call those of the test
 * file that runs.
 */
let current;

export function setGlobals(globals) {
  current = globals;
}

function forward(name) {
  return new Proxy(() => undefined, {
    apply: (_target, _self, values) => current[name](...values),
    get: (_target, key) => current[name][key],
  });
}

export const afterAll = forward('afterAll');
export const afterEach = forward('afterEach');
export const beforeAll = forward('beforeAll');
export const beforeEach = forward('beforeEach');
export const describe = forward('describe');
export const expect = forward('expect');
export const it = forward('it');
export const jest = forward('jest');
export const test = forward('test');
