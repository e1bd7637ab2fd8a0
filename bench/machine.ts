import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

const CORES = listCores();

/** The core of the measured servers, and the one of the load and the origin. */
export const SERVER_CORE = CORES[0] ?? 0;
export const LOAD_CORE = CORES[1] ?? SERVER_CORE;

/** Binds this process, with all its threads, to the core of the load. */
export function bindToLoadCore(): void {
  execFileSync('taskset', ['-acp', String(LOAD_CORE), String(process.pid)]);
}

/** Names the machine for a reader of the figures. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = `${String(Math.round(totalmem() / 2 ** 30))} GiB`;
  const shared = SERVER_CORE === LOAD_CORE ? ', load and servers on one core' : '';
  const cores = `${String(CORES.length)} cores`;
  return `${model}, ${cores}, ${memory}, Linux ${release()}, Node ${process.versions.node}${shared}`;
}

/** The cores that this process may use, such as `0-1,4`. */
function listCores(): number[] {
  const status = readFileSync('/proc/self/status', 'utf8');
  const ranges = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '0';
  return ranges.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
