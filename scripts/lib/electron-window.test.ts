import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openWindow } from './electron-window.mjs';

describe.skipIf(process.platform === 'win32')('openWindow', () => {
  let folder: string;
  /** An Electron that records its arguments and then runs `script`. */
  const electron = async (script: string): Promise<string> => {
    const path = join(folder, 'electron');
    await writeFile(path, `#!/bin/sh\n(pwd; env; echo "$@") > "$0.called"\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strongroom-electron-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('runs the app of this checkout with its data directory, as Electron', async () => {
    vi.stubEnv('ELECTRON_RUN_AS_NODE', '1');
    const path = await electron('exit 0');
    expect(await openWindow(path, '/data dir')).toBe(0);
    const called = await readFile(`${path}.called`, 'utf8');
    expect(called.split('\n')[0]).toBe(join(import.meta.dirname, '..', '..'));
    expect(called.trimEnd().split('\n').at(-1)).toBe('. --data-dir=/data dir');
    expect(called).not.toContain('ELECTRON_RUN_AS_NODE');
  });

  test('an app that refused to start has told why: there is nothing to go on with', async () => {
    expect(await openWindow(await electron('exit 2'), undefined)).toBe(2);
  });

  test.each([
    ['exit 1', 'it ended at once (exit code 1)'],
    ['exit 127', 'it ended at once (exit code 127)'],
    ['kill -TRAP $$', 'it ended at once (SIGTRAP)'],
  ])('an Electron that does %j is no window', async (script, reason) => {
    expect(await openWindow(await electron(script), undefined)).toBe(reason);
  });

  test('nor is one that cannot be run', async () => {
    expect(await openWindow(join(folder, 'nothing'), undefined)).toBe('it ended at once (ENOENT)');
  });

  test('an app that failed after its window had been open ends with its code', async () => {
    expect(await openWindow(await electron('exit 1'), undefined, { failsWithinMs: -1 })).toBe(1);
  });
});
