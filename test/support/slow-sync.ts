import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A library that makes each sync of the disk slow, for any program that loads it. */
const SOURCE = String.raw`
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>
static void wait_a_moment(void) {
  const char *text = getenv("SYNC_DELAY_MS");
  if (text) usleep((useconds_t)atoi(text) * 1000);
}
int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  wait_a_moment();
  return real(fd);
}
int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  wait_a_moment();
  return real(fd);
}
`;

/**
 * Builds the library in a folder.
 *
 * @returns the environment with which a process has slow syncs.
 * @throws if there is no `gcc`.
 */
export function buildSlowSync(folder: string): (delayMs: number) => Record<string, string> {
  const library = join(folder, 'slow-sync.so');
  const source = join(folder, 'slow-sync.c');
  writeFileSync(source, SOURCE);
  execFileSync('gcc', ['-shared', '-fPIC', '-o', library, source, '-ldl']);
  return (delayMs) => ({ LD_PRELOAD: library, SYNC_DELAY_MS: String(delayMs) });
}
