import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { runChild } from '@test/support/child-process';
import { FakeRuntime } from '@test/support/fake-runtime';
import { filesIn, temporaryDirectory } from '@test/support/temporary-directory';
import { backupPath, Backups } from './backups';
import { Database } from './database';
import { Environments } from './environments';
import { migrations } from './migrations';
import { openDatabase, type OpenedDatabase } from './open';
import { PreferenceRows } from './preferences';
import { Workspaces } from './workspaces';

vi.setConfig({ testTimeout: 60_000 });

const DAY_MS = 24 * 60 * 60_000;

const child = new URL('../../../test/support/children/backups.ts', import.meta.url);

function open(
  directory: string,
  runtime = new FakeRuntime(),
): OpenedDatabase & { backups: Backups } {
  const opened = openDatabase(directory, runtime);
  onTestFinished(() => {
    opened.database.close();
  });
  const backups = new Backups({ database: opened.database, dataDirectory: directory, runtime });
  return { ...opened, backups };
}

const valueIn = ({ database }: OpenedDatabase): unknown =>
  new PreferenceRows(database).get('value', z.string());

/** A closed database with the value “new”, and a backup with the value “old”. */
function withBackup(): { readonly directory: string; readonly name: string } {
  const directory = temporaryDirectory();
  const { database, backups } = open(directory);
  new PreferenceRows(database).set('value', 'old');
  const { name } = backups.make();
  new PreferenceRows(database).set('value', 'new');
  database.close();
  return { directory, name };
}

const path = (directory: string): string => join(directory, 'strongroom.db');

describe('a backup', () => {
  it('is a private file of its own, listed with time and size', () => {
    const { directory, name } = withBackup();
    const file = backupPath(directory, name);
    const modes = [file, join(directory, 'backups')].map((each) => statSync(each).mode & 0o777);
    expect(process.platform === 'win32' ? [] : modes).toEqual(
      process.platform === 'win32' ? [] : [0o600, 0o700],
    );
    expect(open(directory).backups.list()).toEqual([
      { name, at: new FakeRuntime().now(), size: statSync(file).size, reason: 'daily' },
    ]);
    expect(filesIn(join(directory, 'backups'))).toEqual([name]);
  });

  it('is due once in 24 hours, and the newest seven are kept', () => {
    const runtime = new FakeRuntime();
    const { backups } = open(temporaryDirectory(), runtime);
    const start = runtime.now();
    for (let day = 0; day < 9; day += 1) {
      vi.spyOn(runtime, 'now').mockReturnValue(start + day * DAY_MS);
      expect(backups.isDue()).toBe(true);
      backups.make();
      expect(backups.isDue()).toBe(false);
    }
    expect(backups.list().map(({ at }) => (at - start) / DAY_MS)).toEqual([8, 7, 6, 5, 4, 3, 2]);
    vi.spyOn(runtime, 'now').mockReturnValue(start - DAY_MS);
    expect(backups.isDue()).toBe(true);
  });

  it('is made before a migration, and can be restored by this version', async () => {
    const directory = temporaryDirectory();
    const old = new Database(path(directory));
    old.execute(`PRAGMA application_id = ${String(0x53747267)}`);
    for (const migration of migrations.slice(0, 3)) old.execute(migration);
    old.execute('PRAGMA user_version = 3');
    old.run(`INSERT INTO preferences (key, value_json) VALUES ('value', '"old"')`);
    old.close();
    const first = open(directory);
    const [backup] = first.backups.list();
    expect(backup).toMatchObject({ reason: 'update' });
    new PreferenceRows(first.database).set('value', 'new');
    await first.backups.restoreAtStart(backup?.name ?? '');
    first.database.close();
    expect(valueIn(open(directory))).toBe('old');
  });

  it('that cannot be made does not keep a migration from going on', () => {
    const directory = temporaryDirectory();
    const old = new Database(path(directory));
    old.execute(`PRAGMA application_id = ${String(0x53747267)}`);
    for (const migration of migrations.slice(0, 3)) old.execute(migration);
    old.execute('PRAGMA user_version = 3');
    old.close();
    writeFileSync(join(directory, 'backups'), 'no folder');
    expect(open(directory).notices).toMatchObject([{ id: 'backup-failed' }]);
  });

  it('that fails leaves none behind', () => {
    const directory = temporaryDirectory();
    const { backups } = open(directory);
    writeFileSync(join(directory, 'backups'), 'no folder');
    expect(() => backups.make()).toThrow(expect.objectContaining({ code: 'STORAGE_FAILED' }));
  });

  it('with sealed values goes, and one without stays', () => {
    const directory = temporaryDirectory();
    const runtime = new FakeRuntime();
    const { database, backups } = open(directory, runtime);
    const { name } = backups.make();
    const workspaceId = new Workspaces(database).list()[0]?.id ?? '';
    database.run(
      `INSERT INTO credentials (scope, provider, field, sealed, destination)
       VALUES (?, 'hashicorp-vault', 'token', x'00', '')`,
      workspaceId,
    );
    vi.spyOn(runtime, 'now').mockReturnValue(runtime.now() + 1);
    backups.make();
    expect(backups.list()).toHaveLength(2);
    backups.removeSealed();
    expect(backups.list()).toMatchObject([{ name }]);
  });
});

describe('restoring', () => {
  it('puts the backup in the place of the database at the next start, which is kept', async () => {
    const { directory, name } = withBackup();
    const before = open(directory);
    await before.backups.restoreAtStart(name);
    expect(before.backups.isWaiting()).toBe(true);
    expect(valueIn(before)).toBe('new');
    before.database.close();
    const after = open(directory);
    expect(valueIn(after)).toBe('old');
    expect(after.backups.isWaiting()).toBe(false);
    const aside = filesIn(directory).find((each) => each.includes('.db.replaced-')) ?? '';
    expect(after.notices).toMatchObject([
      { id: 'database-restored', text: expect.stringContaining(aside) },
    ]);
    after.database.close();
    const kept = new Database(join(directory, aside));
    expect(new PreferenceRows(kept).get('value', z.string())).toBe('new');
    kept.close();
    expect(open(directory).notices).toEqual([]);
  });

  it('can be cancelled until then', async () => {
    const { directory, name } = withBackup();
    const before = open(directory);
    await before.backups.restoreAtStart(name);
    before.backups.cancelRestore();
    before.database.close();
    const after = open(directory);
    expect(after.notices).toEqual([]);
    expect(valueIn(after)).toBe('new');
  });

  it.each(['../strongroom.db', 'strongroom-2026-01-01T00-00-00-000Z-daily.db'])(
    'refuses %s, which is no backup',
    async (name) => {
      const { directory } = withBackup();
      const { backups } = open(directory);
      await expect(backups.restoreAtStart(name)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    },
  );

  it('refuses a damaged backup', async () => {
    const { directory, name } = withBackup();
    const content = readFileSync(backupPath(directory, name));
    writeFileSync(backupPath(directory, name), content.fill(0, 4096, 8192));
    const { backups } = open(directory);
    await expect(backups.restoreAtStart(name)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(backups.isWaiting()).toBe(false);
  });

  it('leaves the database alone if its copy was damaged meanwhile', async () => {
    const { directory, name } = withBackup();
    const before = open(directory);
    await before.backups.restoreAtStart(name);
    before.database.close();
    writeFileSync(`${path(directory)}.restored`, 'half of it '.repeat(100));
    const after = open(directory);
    expect(after.notices).toMatchObject([{ id: 'database-not-restored' }]);
    expect(valueIn(after)).toBe('new');
    expect(existsSync(`${path(directory)}.restored`)).toBe(false);
  });

  it('goes on after a crash between the two renames', async () => {
    const { directory, name } = withBackup();
    const before = open(directory);
    await before.backups.restoreAtStart(name);
    before.database.close();
    renameSync(path(directory), `${path(directory)}.replaced-2026-01-01T00-00-00-000Z`);
    expect(valueIn(open(directory))).toBe('old');
  });
});

it('leaves a usable database wherever a kill meets backups and restores', async () => {
  const directory = temporaryDirectory();
  let kept = 0;
  for (let round = 0; round < 4; round += 1) {
    const process_ = runChild(child, [directory]);
    // In the first round after one restore, then after two: at another point each time.
    for (let line = 0; line <= round % 2; line += 1) await process_.line();
    process_.kill('SIGKILL');
    await expect(process_.ended).resolves.toBe('SIGKILL');
    const { database, notices, backups } = open(directory);
    expect(notices.filter(({ level }) => level === 'warning')).toEqual([]);
    const [workspace] = new Workspaces(database).list();
    const count = new Environments(database).list(workspace?.id ?? '').length;
    expect(count).toBeGreaterThanOrEqual(kept);
    kept = count;
    new Environments(database).insertMany([
      {
        id: randomUUID(),
        workspaceId: workspace?.id ?? '',
        name: 'still writable',
        synced: false,
        path: '',
        createdAt: 1,
      },
    ]);
    expect(backups.list().length).toBeGreaterThan(0);
    backups.cancelRestore();
    database.close();
  }
});
