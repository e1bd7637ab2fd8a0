import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { buildApp } from './build.js';
import { faultsOfApp } from './validation/validate.js';

/** `npm run app:validate [-- package.zip]`: checks a package, or what would be packaged. */
const [file] = process.argv.slice(2);
try {
  const files =
    file === undefined
      ? await buildApp('https://instagram-channel.example.com/manifest.json')
      : unzip(file);
  const faults = faultsOfApp(files);
  for (const fault of faults) console.error(`- ${fault}`);
  if (faults.length === 0) console.log('It breaks none of the rules that can be checked here.');
  else process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function unzip(path: string): ReturnType<typeof unzipSync> {
  try {
    return unzipSync(readFileSync(path));
  } catch {
    throw new Error(`${path} is not there, or is no zip file.`);
  }
}
