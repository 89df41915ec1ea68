import { createPackageWithOptions } from '@electron/asar';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../../test/support/temporary-directory';
import { readAsar } from './asar.mjs';

async function pack(): Promise<string> {
  const directory = temporaryDirectory();
  const app = join(directory, 'app');
  mkdirSync(join(app, 'out'), { recursive: true });
  writeFileSync(join(app, 'out', 'index.js'), 'const secret = 1;');
  writeFileSync(join(app, 'native.node'), 'machine code');
  const archive = join(directory, 'app.asar');
  await createPackageWithOptions(app, archive, { unpack: '*.node' });
  return archive;
}

it('finds nothing wrong with an archive as it was packed', async () => {
  const { files, wrong } = readAsar(await pack());
  expect(files.toSorted()).toEqual(['native.node', join('out', 'index.js')]);
  expect(wrong).toEqual([]);
});

it('names a file that was changed, in the archive or beside it, or is gone', async () => {
  const archive = await pack();
  const bytes = readFileSync(archive);
  bytes.write('2', bytes.lastIndexOf('1;'));
  writeFileSync(archive, bytes);
  expect(readAsar(archive).wrong).toEqual([join('out', 'index.js')]);
  const native = join(`${archive}.unpacked`, 'native.node');
  writeFileSync(native, 'other code');
  expect(readAsar(archive).wrong).toHaveLength(2);
  rmSync(native);
  expect(readAsar(archive).wrong).toHaveLength(2);
});
