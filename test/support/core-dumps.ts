/** For tests: makes a process end with a core dump, which can be searched. Linux only. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why there would be no core dump to search; `undefined` if nothing is in the way. */
export function whyNoCoreDumps(): string | undefined {
  if (process.platform !== 'linux') return 'only Linux shows where core dumps go';
  const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
  if (/^\||\//.test(pattern)) return `core dumps do not stay with the process: ${pattern}`;
  const { status } = spawnSync('prlimit', ['--core=unlimited', 'true']);
  return status === 0 ? undefined : 'prlimit cannot allow core dumps here';
}

/** What the kernel writes of a process into its core dumps: no bit is set if it writes no memory. */
export const dumpedMemory = (pid: number): string =>
  readFileSync(`/proc/${String(pid)}/coredump_filter`, 'latin1').trim();

/** The core dumps in a directory, whatever they are called here. */
export const coreDumpsIn = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(directory, name))
    .filter((path) => readFileSync(path).subarray(0, ELF.length).equals(ELF));

const ELF = Buffer.from('\x7FELF');

/** Ends a process with a core dump, which is in its working directory once it has ended. */
export function abortWithCoreDump(pid: number): void {
  execFileSync('prlimit', ['--pid', String(pid), '--core=unlimited']);
  process.kill(pid, 'SIGABRT');
}
