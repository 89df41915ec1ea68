/** For tests: what happens between two steps of this process on the disk, such as a crash. */
import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const now = ['openSync', 'renameSync', 'rmSync', 'mkdirSync', 'fsyncSync'] as const;
const later = ['open', 'rename', 'rm', 'stat', 'readFile', 'readdir', 'copyFile'] as const;

/** Calls back before each call for a file. Returns what ends that. */
export function beforeDiskSteps(onStep: () => void): () => void {
  const undo: (() => void)[] = [];
  const watch = (module: object, names: readonly string[]): void => {
    for (const name of names) {
      const original: unknown = Reflect.get(module, name);
      if (typeof original !== 'function') throw new Error(`There is no ${name}`);
      Reflect.set(module, name, (...args: unknown[]): unknown => {
        onStep();
        return Reflect.apply(original, module, args);
      });
      undo.push(() => {
        Reflect.set(module, name, original);
      });
    }
  };
  watch(fs, now);
  watch(fsPromises, later);
  syncBuiltinESMExports();
  return () => {
    for (const each of undo) each();
    syncBuiltinESMExports();
  };
}
