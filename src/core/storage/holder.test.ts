import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemRuntime } from '@core/runtime';
import { filesIn, temporaryDirectory } from '@test/support/temporary-directory';
import { readHolder } from './holder';
import { openDatabase } from './open';

/** Larger than any process id of the systems Strongroom runs on. */
const NO_PROCESS = 2 ** 30;

it('is whoever has the data directory open, and nobody after', () => {
  const directory = temporaryDirectory();
  const before = Date.now();
  const { database } = openDatabase(directory, systemRuntime, 'desktop');
  onTestFinished(() => {
    database.close();
  });
  const holder = readHolder(directory);
  expect(holder).toEqual({
    pid: process.pid,
    host: 'desktop',
    startedAt: expect.any(Number) as number,
  });
  expect(holder?.startedAt).toBeGreaterThanOrEqual(before);
  expect(() => openDatabase(directory, systemRuntime, 'browser')).toThrow(
    expect.objectContaining({
      code: 'DATA_DIRECTORY_IN_USE',
      message: expect.stringMatching(
        new RegExp(`${directory}: the app, process ${String(process.pid)}, since .* UTC\\.$`),
      ),
    }),
  );
  // Whoever is refused does not take over the name.
  expect(readHolder(directory)).toEqual(holder);
  expect(statSync(join(directory, 'holder.json')).mode & 0o077).toBe(0);
  database.close();
  expect(readHolder(directory)).toBeUndefined();
  expect(filesIn(directory)).not.toContain('holder.json');
});

it.each([
  ['a process that has ended', JSON.stringify({ pid: NO_PROCESS, host: 'cli', startedAt: 1 })],
  ['half a file', '{"pid":'],
  ['a host of a later version', JSON.stringify({ pid: process.pid, host: 'watch', startedAt: 1 })],
  ['something else', '[]'],
])('is nobody for %s, and the refusal goes without', (_, content) => {
  const directory = temporaryDirectory();
  const { database } = openDatabase(directory);
  onTestFinished(() => {
    database.close();
  });
  writeFileSync(join(directory, 'holder.json'), content);
  expect(readHolder(directory)).toBeUndefined();
  expect(() => openDatabase(directory)).toThrow(
    expect.objectContaining({
      message: `Strongroom is already running with the data directory ${directory}.`,
    }),
  );
});

it('is overwritten by who takes the lock after it was left over', () => {
  const directory = temporaryDirectory();
  writeFileSync(
    join(directory, 'holder.json'),
    JSON.stringify({ pid: NO_PROCESS, host: 'desktop', startedAt: 1 }),
  );
  const { database } = openDatabase(directory, systemRuntime, 'browser');
  onTestFinished(() => {
    database.close();
  });
  expect(JSON.parse(readFileSync(join(directory, 'holder.json'), 'utf8'))).toMatchObject({
    pid: process.pid,
    host: 'browser',
  });
});
