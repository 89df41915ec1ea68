import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPrivateFile, prepareDataDirectory, setAside, writeFileAtomically } from './files';
import { filesIn, temporaryDirectory } from '@test/support/temporary-directory';

const modeOf = (path: string): number => statSync(path).mode & 0o777;

const isWindows = process.platform === 'win32';

describe('prepareDataDirectory', () => {
  it.skipIf(isWindows)('makes it, with all above it, for its owner alone', () => {
    const path = join(temporaryDirectory(), 'a', 'ünï', 'data');
    prepareDataDirectory(path);
    expect(statSync(path).isDirectory()).toBe(true);
    expect(modeOf(path)).toBe(0o700);
  });

  it.skipIf(isWindows)('restricts an empty one', () => {
    const path = join(temporaryDirectory(), 'data');
    mkdirSync(path, { mode: 0o755 });
    prepareDataDirectory(path);
    expect(modeOf(path)).toBe(0o700);
  });

  it.skipIf(isWindows)('leaves one with other things in it as it is', () => {
    const path = join(temporaryDirectory(), 'home');
    mkdirSync(path, { mode: 0o755 });
    writeFileSync(join(path, 'thesis.txt'), '');
    prepareDataDirectory(path);
    expect(modeOf(path)).toBe(0o755);
    // As it is at the second start.
    writeFileSync(join(path, 'strongroom.lock'), '');
    prepareDataDirectory(path);
    expect(modeOf(path)).toBe(0o755);
  });

  it.skipIf(process.platform !== 'linux')('ends where no directory can be made', () => {
    expect(() => {
      prepareDataDirectory('/proc/nowhere/data');
    }).toThrow(
      expect.objectContaining({
        code: 'STORAGE_FAILED',
        message: '/proc/nowhere/data cannot be written. No folder can be created there.',
      }),
    );
  });

  it('says which path is at fault and why', () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    expect(() => {
      prepareDataDirectory(join(file, 'data'));
    }).toThrow(
      expect.objectContaining({
        code: 'STORAGE_FAILED',
        message: `${join(file, 'data')} cannot be written. A part of the path is a file, not a folder.`,
      }),
    );
  });
});

describe('writeFileAtomically', () => {
  it('replaces the whole file and leaves nothing else behind', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'file');
    writeFileSync(path, 'a much longer content than before', { mode: 0o644 });
    await writeFileAtomically(path, Buffer.from('new'));
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(filesIn(directory)).toEqual(['file']);
  });

  it.skipIf(isWindows)('restricts one that others could read', async () => {
    const path = join(temporaryDirectory(), 'file');
    writeFileSync(path, 'old', { mode: 0o644 });
    await writeFileAtomically(path, Buffer.from('new'));
    expect(modeOf(path)).toBe(0o600);
  });

  it('overcomes what a crash left of an earlier attempt', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'file.new'), 'half');
    await writeFileAtomically(join(directory, 'file'), Buffer.from('whole'));
    expect(filesIn(directory)).toEqual(['file']);
  });

  it('keeps the old content when it fails', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'occupied');
    mkdirSync(path);
    await expect(writeFileAtomically(path, Buffer.from('new'))).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
    });
    expect(filesIn(directory)).toEqual(['occupied']);
  });
});

describe('createPrivateFile', () => {
  it.skipIf(isWindows)('restricts one that is there and keeps what it holds', () => {
    const path = join(temporaryDirectory(), 'file');
    writeFileSync(path, 'kept', { mode: 0o666 });
    createPrivateFile(path);
    expect(modeOf(path)).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toBe('kept');
  });
});

describe('setAside', () => {
  it('keeps the file under a name that any system allows', () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'key.json');
    writeFileSync(path, 'damaged');
    const aside = setAside(path, 'damaged', Date.now());
    expect(readFileSync(aside, 'utf8')).toBe('damaged');
    expect(filesIn(directory)).toEqual([
      expect.stringMatching(/^key\.json\.damaged-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/),
    ]);
  });
});
