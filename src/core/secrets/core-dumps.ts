/**
 * Keeps values out of core dumps, which the system writes when a process crashes. Linux only: there a process can say
 * what goes into its own. macOS and Windows write none unless somebody has turned that on.
 */
import { readFileSync, writeFileSync } from 'node:fs';

/** Which kinds of memory go into the core dump of a process, as bits; core(5). Its children inherit it. */
const filterOf = (pid: number | 'self'): string => `/proc/${String(pid)}/coredump_filter`;

const NO_MEMORY = '0';

/** That of this process when it was started. */
let original: string | undefined;

function setFilter(pid: number | 'self', filter: string): void {
  try {
    // Opened to change it, so that no file is made where there is none.
    writeFileSync(filterOf(pid), filter, { flag: 'r+' });
  } catch {
    // Another system, a kernel without core dumps, or a process that the kernel writes no core dump of.
  }
}

/**
 * Leaves the memory of a process out of its core dumps, and out of those of the processes that it starts from now on.
 * What remains has the registers, and the names of the files that were mapped.
 */
export function leaveMemoryOutOfCoreDumps(pid: number | 'self' = 'self'): void {
  if (pid === 'self') original ??= readFilter();
  setFilter(pid, NO_MEMORY);
}

/**
 * Starts a program that goes on by itself: its core dumps are as if Strongroom had not started it. Programs that answer
 * one question and end, such as az, git, a login shell or a credential_process, are started without this. It is
 * accepted that their core dumps have no memory.
 */
export function withOriginalCoreDumps<T>(start: () => T): T {
  if (original === undefined) return start();
  // Read in base 16, and written with a prefix.
  setFilter('self', `0x${original}`);
  try {
    return start();
  } finally {
    setFilter('self', NO_MEMORY);
  }
}

function readFilter(): string | undefined {
  try {
    return readFileSync(filterOf('self'), 'latin1').trim();
  } catch {
    return undefined;
  }
}
