/** Runs a trial: `npm run trial -- <name>`. */
const [name = ''] = process.argv.slice(2);
if (!/^[a-z-]+$/.test(name)) throw new Error('Usage: npm run trial -- <name>');
const trial = (await import(`./${name}.ts`)) as { default: () => Promise<boolean> };
if (!(await trial.default())) process.exitCode = 1;
