import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { runChild } from '@test/support/child-process';
import { filesIn, temporaryDirectory } from '@test/support/temporary-directory';
import { Database } from './database';
import { Environments } from './environments';
import { migrations } from './migrations';
import { openDatabase } from './open';
import { PreferenceRows } from './preferences';
import { noteSchema } from './schema-check';
import { Workspaces } from './workspaces';

// Starting processes takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const child = new URL('../../../test/support/children/open-database.ts', import.meta.url);
const isWindows = process.platform === 'win32';
const isRoot = process.getuid?.() === 0;

function open(directory: string): ReturnType<typeof openDatabase> {
  const opened = openDatabase(directory);
  onTestFinished(() => {
    opened.database.close();
  });
  return opened;
}

/** A database with enough in it to be more than one page, closed again. */
function filledDirectory(): string {
  const directory = temporaryDirectory();
  const { database } = open(directory);
  const preferences = new PreferenceRows(database);
  for (let index = 0; index < 500; index += 1) {
    preferences.set(`preference ${String(index)}`, 'x'.repeat(200));
  }
  database.close();
  return directory;
}

const file = (directory: string): string => join(directory, 'strongroom.db');

const damagedFiles = (directory: string): string[] =>
  filesIn(directory).filter((name) => name.includes('.damaged-'));

const pragma = (database: Database, name: string): unknown =>
  Object.values(database.get(`PRAGMA ${name}`) ?? {})[0];

describe('a first start', () => {
  it('makes the directory and one workspace, “Personal”', () => {
    const directory = join(temporaryDirectory(), 'new', 'data');
    const { database, notices } = open(directory);
    expect(notices).toEqual([]);
    expect(new Workspaces(database).list().map(({ name }) => name)).toEqual(['Personal']);
    expect(pragma(database, 'user_version')).toBe(migrations.length);
  });

  it.skipIf(isWindows)('lets nobody else read its files', () => {
    const directory = join(temporaryDirectory(), 'data');
    const { database } = open(directory);
    new PreferenceRows(database).set('a', 1);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(filesIn(directory).length).toBeGreaterThan(2);
    for (const name of filesIn(directory)) {
      expect([name, statSync(join(directory, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  });

  it('overwrites what it deletes, waits for the disk, and checks references', () => {
    const { database } = open(temporaryDirectory());
    expect(pragma(database, 'journal_mode')).toBe('wal');
    expect(pragma(database, 'synchronous')).toBe(2);
    expect(pragma(database, 'secure_delete')).toBe(1);
    expect(pragma(database, 'foreign_keys')).toBe(1);
  });

  it('overcomes what a crash left of an earlier one', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'strongroom.db.new'), 'half a database');
    const { notices } = open(directory);
    expect(notices).toEqual([]);
    expect(filesIn(directory)).not.toContain('strongroom.db.new');
  });
});

describe('a further start', () => {
  it('finds everything again', () => {
    const directory = temporaryDirectory();
    const first = open(directory).database;
    const [workspace] = new Workspaces(first).list();
    new PreferenceRows(first).set('theme', { dark: true });
    first.close();
    const second = open(directory);
    expect(second.notices).toEqual([]);
    expect(new Workspaces(second.database).list()).toEqual([workspace]);
    expect(
      new PreferenceRows(second.database).get('theme', z.object({ dark: z.boolean() })),
    ).toEqual({
      dark: true,
    });
  });

  it.skipIf(isWindows)('restricts files that others could read', () => {
    const directory = filledDirectory();
    chmodSync(file(directory), 0o644);
    open(directory);
    expect(statSync(file(directory)).mode & 0o777).toBe(0o600);
  });

  it('brings everything into the one file when it closes', () => {
    const directory = filledDirectory();
    const wal = `${file(directory)}-wal`;
    expect(existsSync(wal) ? statSync(wal).size : 0).toBe(0);
  });

  it('leaves a database of a newer version alone', () => {
    const directory = filledDirectory();
    const { database } = open(directory);
    database.execute('PRAGMA user_version = 1000');
    noteSchema(database, 'main', 1000);
    database.close();
    const before = readFileSync(file(directory));
    expect(() => openDatabase(directory)).toThrow(
      expect.objectContaining({
        code: 'DATA_TOO_NEW',
        message: expect.stringContaining(file(directory)),
      }),
    );
    expect(readFileSync(file(directory)).equals(before)).toBe(true);
    expect(damagedFiles(directory)).toEqual([]);
  });
});

describe('a damaged database', () => {
  const damages: readonly (readonly [string, (path: string) => void])[] = [
    [
      'with garbage in its place',
      (path) => {
        writeFileSync(path, 'This is not a database. '.repeat(1000));
      },
    ],
    [
      'cut in half',
      (path) => {
        truncateSync(path, Math.floor(statSync(path).size / 2));
      },
    ],
    [
      'cut in the middle of its header',
      (path) => {
        truncateSync(path, 40);
      },
    ],
    [
      'cut to nothing',
      (path) => {
        truncateSync(path, 0);
      },
    ],
    [
      'with zeroes inside',
      (path) => {
        const content = readFileSync(path);
        content.fill(0, 4096, content.byteLength - 4096);
        writeFileSync(path, content);
      },
    ],
    [
      'that belongs to another program',
      (path) => {
        rmSync(path);
        const database = new Database(path);
        database.execute('CREATE TABLE letters (id INTEGER PRIMARY KEY, text TEXT NOT NULL)');
        database.close();
      },
    ],
  ];

  it.each(damages)('%s is set aside, and the app starts with a new one', (_, damage) => {
    const directory = filledDirectory();
    damage(file(directory));
    const damaged = readFileSync(file(directory));

    const { database, notices } = open(directory);
    expect(new Workspaces(database).list()).toHaveLength(1);
    expect(new PreferenceRows(database).get('preference 1', z.string())).toBeUndefined();

    const [name, ...others] = damagedFiles(directory);
    expect(others).toEqual([]);
    expect(readFileSync(join(directory, name ?? '')).equals(damaged)).toBe(true);
    expect(notices).toEqual([
      expect.objectContaining({
        id: 'database-damaged',
        level: 'warning',
        text: expect.stringContaining(join(directory, name ?? '')),
      }),
    ]);
    database.close();
    expect(open(directory).notices).toEqual([]);
  });

  it('takes its log along, for tools that can recover it', () => {
    const directory = filledDirectory();
    writeFileSync(file(directory), 'not a database '.repeat(100));
    writeFileSync(`${file(directory)}-wal`, 'a log');
    writeFileSync(`${file(directory)}-shm`, 'an index');
    open(directory);
    const names = damagedFiles(directory).map((name) => name.replace(/damaged-.*Z/, 'damaged'));
    expect(names).toEqual(['strongroom.db.damaged', 'strongroom.db.damaged-wal']);
  });

  it('does not take the log of one that was deleted for that of the new one', () => {
    const directory = filledDirectory();
    rmSync(file(directory));
    writeFileSync(`${file(directory)}-wal`, 'a log');
    expect(new Workspaces(open(directory).database).list()).toHaveLength(1);
    expect(damagedFiles(directory)).toHaveLength(1);
  });
});

describe('a directory that cannot be used', () => {
  it('is named', () => {
    const path = join(temporaryDirectory(), 'file');
    writeFileSync(path, '');
    expect(() => openDatabase(join(path, 'data'))).toThrow(
      expect.objectContaining({
        code: 'STORAGE_FAILED',
        message: expect.stringContaining(join(path, 'data')),
      }),
    );
  });

  it.skipIf(isWindows || isRoot)('is named when it may not be written', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'somebody else’s'), '');
    chmodSync(directory, 0o500);
    expect(() => openDatabase(directory)).toThrow(
      expect.objectContaining({
        code: 'STORAGE_FAILED',
        message: expect.stringMatching(/strongroom\.lock.*Permission was denied/),
      }),
    );
  });

  it('is named when something else is in the place of the database', () => {
    const directory = temporaryDirectory();
    mkdirSync(file(directory));
    expect(() => openDatabase(directory)).toThrow(
      expect.objectContaining({
        code: 'STORAGE_FAILED',
        message: expect.stringContaining(directory),
      }),
    );
  });
});

describe('a second instance', () => {
  it('is refused at once, and let in when the first has closed', () => {
    const directory = temporaryDirectory();
    const { database } = open(directory);
    const startedAt = performance.now();
    expect(() => openDatabase(directory)).toThrow(
      expect.objectContaining({
        code: 'DATA_DIRECTORY_IN_USE',
        message: expect.stringContaining(directory),
      }),
    );
    expect(performance.now() - startedAt).toBeLessThan(500);
    new PreferenceRows(database).set('still', 'works');
    database.close();
    expect(new PreferenceRows(open(directory).database).get('still', z.string())).toBe('works');
  });

  it('in another process is refused as well', async () => {
    const directory = temporaryDirectory();
    open(directory);
    const second = runChild(child, [directory]);
    await expect(second.line()).resolves.toBe('DATA_DIRECTORY_IN_USE');
    await expect(second.ended).resolves.toBe(0);
  });

  it('is let in after the first was killed in the middle of writing, and finds whole transactions', async () => {
    const directory = temporaryDirectory();
    let before = 0;
    for (let round = 0; round < 3; round += 1) {
      const first = runChild(child, [directory]);
      await expect(first.line()).resolves.toBe('open');
      expect(() => openDatabase(directory)).toThrow(
        expect.objectContaining({ code: 'DATA_DIRECTORY_IN_USE' }),
      );
      first.kill('SIGKILL');
      await expect(first.ended).resolves.toBe('SIGKILL');

      const { database, notices } = open(directory);
      expect(notices).toEqual([]);
      const [workspace] = new Workspaces(database).list();
      const count = new Environments(database).list(workspace?.id ?? '').length;
      expect(count).toBeGreaterThan(before);
      expect(count % 2).toBe(0);
      before = count;
      database.close();
    }
  });

  it('is not kept out by what somebody wrote into the lock file', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'strongroom.lock'), 'not a lock '.repeat(100));
    const { notices } = open(directory);
    expect(notices).toEqual([]);
    expect(() => openDatabase(directory)).toThrow(
      expect.objectContaining({ code: 'DATA_DIRECTORY_IN_USE' }),
    );
  });

  it('does not touch the database of the first, damaged or not', () => {
    const directory = filledDirectory();
    const { database } = open(directory);
    new PreferenceRows(database).set('in the log', true);
    writeFileSync(file(directory), 'damaged while in use '.repeat(100));
    expect(() => openDatabase(directory)).toThrow(
      expect.objectContaining({ code: 'DATA_DIRECTORY_IN_USE' }),
    );
    expect(damagedFiles(directory)).toEqual([]);
    // The app can still quit, and lets the next one in.
    database.close();
    expect(open(directory).notices).toHaveLength(1);
  });
});
