import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { buildApp } from './build.js';
import { validateApp } from './validate-app.js';

/** `npm run app:validate [-- package.zip]`: checks a package, or the current source. */
const [file] = process.argv.slice(2);
try {
  const files =
    file === undefined
      ? await buildApp('https://instagram-channel.example.com/manifest.json')
      : unzip(file);
  const problems = validateApp(files);
  for (const problem of problems) console.error(`- ${problem}`);
  if (problems.length === 0) console.log('The package has no problems.');
  else process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function unzip(path: string): ReturnType<typeof unzipSync> {
  try {
    return unzipSync(readFileSync(path));
  } catch {
    throw new Error(`${path} does not exist or is not a zip file.`);
  }
}
