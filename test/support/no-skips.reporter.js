import process from 'node:process';

/** A Jest reporter for CI: a run in which a test was skipped has failed. */
export default class NoSkipsReporter {
  #error;

  onRunComplete(_contexts, { numPendingTests, numTodoTests }) {
    const skipped = numPendingTests + numTodoTests;
    if (skipped === 0) return;
    this.#error = new Error(`${String(skipped)} tests were skipped. With CI=true none may be.`);
    process.stderr.write(`${this.#error.message}\n`);
  }

  getLastError() {
    return this.#error;
  }
}
