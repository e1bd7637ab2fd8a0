/**
 * Preloaded into a service process (`NODE_OPTIONS=--import`), it moves the process's clock ahead by
 * the milliseconds that the file `CLOCK_FILE` contains. The clock of timers stays as it is.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';

const now = Date.now.bind(Date);
Date.now = () => now() + Number(readFileSync(process.env.CLOCK_FILE, 'utf8'));
