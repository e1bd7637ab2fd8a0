import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { buildApp } from './build.js';
import { faultsOfApp } from './validation/validate.js';

/** `npm run app:validate [-- package.zip]`: checks a package, or what would be packaged. */
const [file] = process.argv.slice(2);
const files =
  file === undefined
    ? await buildApp('https://instagram-channel.example.com/manifest.json')
    : unzipSync(readFileSync(file));
const faults = faultsOfApp(files);
for (const fault of faults) console.error(`- ${fault}`);
if (faults.length === 0) console.log('Zendesk would take it.');
else process.exitCode = 1;
