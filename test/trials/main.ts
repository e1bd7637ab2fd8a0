/**
 * Runs one trial: a program that measures a promise of the service with real processes. A trial
 * prints its figures and returns whether the promise held.
 */
interface Trial {
  readonly default: () => Promise<boolean>;
}

const [name] = process.argv.slice(2);
if (name === undefined || !/^[a-z-]+$/.test(name)) {
  throw new Error('usage: npm run trial -- <name>, where test/trials/<name>.ts exists');
}
const { default: run } = (await import(`./${name}.ts`)) as Trial;
// A library of the test database sets the exit code to 0 when the process ends by itself.
if (!(await run())) process.exit(1);
