import { spawnSync } from 'node:child_process';
import { chownSync, cpSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from '../support/run.js';
import { readDockerfile, readDockerignore, type Stage } from './dockerfile.js';

/** The user `node` of the base image. */
export const NODE_USER = 1000;

/** The last stage of the Dockerfile, built. */
export interface BuiltStage {
  readonly stage: Stage;
  /** The folder that takes the place of `/`. */
  readonly root: string;
  /** The folder that the last `WORKDIR` names. */
  readonly work: string;
}

/**
 * Runs the `COPY` and `RUN` lines of the Dockerfile in folders that take the place of the stages'
 * file systems, and removes all but the last. The base image is not there: the programs are this
 * machine's.
 */
export function buildWithoutEngine(folder: string): BuiltStage {
  const context = join(folder, 'context');
  copyContext(context);
  const roots = new Map<string | undefined, string>();
  let last: BuiltStage | undefined;
  for (const [index, stage] of readDockerfile().entries()) {
    const root = join(folder, `stage-${String(index)}`);
    last = { stage, root, work: runStage(stage, root, context, roots) };
    roots.set(stage.name, root);
  }
  if (last === undefined) throw new Error('the Dockerfile has no stage');
  for (const earlier of [context, ...roots.values()]) {
    if (earlier !== last.root) rmSync(earlier, { recursive: true });
  }
  return last;
}

/** Copies what `.dockerignore` allows: `*`, then `!path`, then endings that it takes away again. */
function copyContext(context: string): void {
  mkdirSync(context, { recursive: true });
  const patterns = readDockerignore();
  const endings = patterns.filter((pattern) => pattern.startsWith('**/*')).map((p) => p.slice(4));
  for (const path of patterns.filter((pattern) => pattern.startsWith('!')).map((p) => p.slice(1))) {
    cpSync(join(ROOT, path), join(context, path), {
      recursive: true,
      filter: (source) => !endings.some((ending) => source.endsWith(ending)),
    });
  }
}

function runStage(
  { instructions }: Stage,
  root: string,
  context: string,
  roots: ReadonlyMap<string | undefined, string>,
): string {
  let work = root;
  for (const { name, text } of instructions) {
    if (name === 'WORKDIR') {
      work = join(root, text);
      mkdirSync(work, { recursive: true });
    } else if (name === 'COPY') {
      const words = text.split(/\s+/);
      const options = words.filter((word) => word.startsWith('--'));
      const paths = words.filter((word) => !word.startsWith('--'));
      const from = options.find((option) => option.startsWith('--from='))?.slice('--from='.length);
      const source = from === undefined ? context : roots.get(from);
      if (source === undefined) throw new Error(`COPY names an unknown stage: ${text}`);
      const target = paths.pop() ?? '';
      const isOwned = options.includes('--chown=node:node');
      copyPaths(
        paths.map((path) => join(source, path)),
        join(target.startsWith('/') ? root : work, target),
        isOwned,
      );
    } else if (name === 'RUN') {
      run(text, work);
    }
  }
  return work;
}

/** A folder's content goes into the target, and a file goes below it, as with an engine. */
function copyPaths(sources: readonly string[], target: string, isOwned: boolean): void {
  mkdirSync(target, { recursive: true });
  for (const source of sources) {
    const isFolder = statSync(source).isDirectory();
    cpSync(source, isFolder ? target : join(target, basename(source)), { recursive: true });
  }
  // Only root may give files away. Another user owns all of them already.
  if (isOwned && process.getuid?.() === 0) chownSync(target, NODE_USER, NODE_USER);
}

function run(command: string, work: string): void {
  console.log(`RUN ${command}`);
  const { PATH, HOME, TMPDIR } = process.env;
  const { status } = spawnSync('/bin/sh', ['-c', command], {
    cwd: work,
    env: { PATH, HOME, TMPDIR },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`RUN ${command} failed`);
}

/** The bytes of the files below a folder. */
export function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
