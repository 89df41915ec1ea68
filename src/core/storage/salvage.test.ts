/** What becomes of a damaged database: row by row, with a backup and without. */
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemRuntime } from '@core/runtime';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { Backups } from './backups';
import { ConnectionSettingsRows } from './connection-settings';
import { Database } from './database';
import { Environments, type EnvironmentRow } from './environments';
import { SealedDocuments } from './local-documents';
import { openDatabase, type OpenedDatabase } from './open';
import { Workspaces } from './workspaces';

const file = (directory: string): string => join(directory, 'strongroom.db');

function open(directory: string): OpenedDatabase {
  const opened = openDatabase(directory);
  onTestFinished(() => {
    opened.database.close();
  });
  return opened;
}

const local = 'here';
const synced = 'there';

/** A closed database with a local environment, a synced one and settings. */
function filled({ backup = false } = {}): string {
  const directory = temporaryDirectory();
  const { database } = open(directory);
  const workspaceId = new Workspaces(database).list()[0]?.id ?? '';
  const environments = new Environments(database);
  const common = { workspaceId, createdAt: 1 };
  environments.insertMany([
    { ...common, id: randomUUID(), name: local, synced: false, path: local },
    { ...common, id: randomUUID(), name: synced, synced: true, path: 'apps/there' },
  ]);
  const id = environments.list(workspaceId)[0]?.id ?? '';
  new SealedDocuments(database).put({ environmentId: id, sealed: Buffer.from('sealed values') });
  new ConnectionSettingsRows(database, systemRuntime).save('global', 'hashicorp-vault', {
    url: 'https://vault.example.com',
  });
  if (backup) new Backups({ database, dataDirectory: directory, runtime: systemRuntime }).make();
  database.close();
  return directory;
}

/** Changes rows as damage does: without their checksums. */
function damage(directory: string, ...statements: string[]): void {
  const database = new Database(file(directory));
  database.execute('PRAGMA foreign_keys = OFF');
  for (const statement of statements) database.execute(statement);
  database.close();
}

function contentOf({ database }: OpenedDatabase): {
  readonly environments: EnvironmentRow[];
  readonly documents: string[];
  readonly url: unknown;
} {
  const rows = new ConnectionSettingsRows(database, systemRuntime);
  return {
    environments: new Workspaces(database)
      .list()
      .flatMap(({ id }) => new Environments(database).list(id)),
    documents: new SealedDocuments(database)
      .all()
      .map(({ sealed }) => Buffer.from(sealed).toString()),
    url: rows.find('global', 'hashicorp-vault')?.['url'],
  };
}

const textOf = ({ notices }: OpenedDatabase): string => notices.map(({ text }) => text).join('\n');

const whole = {
  environments: [{ name: local }, { name: synced, path: 'apps/there' }],
  documents: ['sealed values'],
  url: 'https://vault.example.com',
};

it('leaves a sound database alone', () => {
  const opened = open(filled());
  expect(opened.notices).toEqual([]);
  expect(contentOf(opened)).toMatchObject(whole);
});

it.each([
  [
    'an address',
    `UPDATE vault_configurations SET settings_json = '{"url":"https://evil.example"}'`,
  ],
  ['a path', `UPDATE environments SET path = 'apps/theirs' WHERE synced = 1`],
  ['a name', `UPDATE environments SET name = 'hers' WHERE synced = 0`],
  ['what is synced', `UPDATE environments SET synced = 1 WHERE synced = 0`],
  ['an id', `UPDATE environments SET id = 'another' WHERE synced = 0`],
  ['a workspace', `UPDATE workspaces SET id = 'another'`],
  ['a text that is no UTF-8', `UPDATE environments SET name = CAST(x'68ff' AS TEXT)`],
  ['sealed values', `UPDATE local_documents SET sealed = x'00'`],
  ['a checksum', `UPDATE environments SET checksum = NULL`],
  ['a whole table', `DROP TABLE environments`],
])('restores %s from the backup, and says so', (_, statement) => {
  const directory = filled({ backup: true });
  damage(directory, statement);
  const opened = open(directory);
  expect(contentOf(opened)).toMatchObject(whole);
  expect(textOf(opened)).toMatch(/From the backup of \d{4}-\d\d-\d\d \d\d:\d\d UTC: /);
  opened.database.close();
  expect(open(directory).notices).toEqual([]);
});

it('uses no changed address without a backup, and says that it is gone', () => {
  const directory = filled();
  damage(directory, `UPDATE vault_configurations SET settings_json = '{"url":"https://evil"}'`);
  const opened = open(directory);
  expect(contentOf(opened)).toMatchObject({ ...whole, url: undefined });
  expect(textOf(opened)).toContain('Not recovered: 1 set of provider settings.');
});

it('uses no changed path without a backup', () => {
  const directory = filled();
  damage(directory, `UPDATE environments SET path = 'theirs' WHERE synced = 1`);
  const opened = open(directory);
  expect(contentOf(opened).environments).toMatchObject([{ name: local }]);
  expect(textOf(opened)).toContain('Not recovered: 1 environment.');
});

it('keeps an environment with local values under the name it reads, linked to nothing', () => {
  const directory = filled();
  damage(directory, `UPDATE environments SET name = 'hers', synced = 1 WHERE synced = 0`);
  const opened = open(directory);
  expect(contentOf(opened)).toMatchObject({
    environments: [{ name: 'hers', synced: false }, { name: synced }],
    documents: ['sealed values'],
  });
  expect(textOf(opened)).toContain('the link to a path was removed: hers.');
});

it('gives local values an environment again if theirs is gone', () => {
  const directory = filled();
  damage(directory, `UPDATE environments SET id = 'another' WHERE synced = 0`);
  const opened = open(directory);
  const { environments, documents } = contentOf(opened);
  expect(environments.map(({ name }) => name).toSorted()).toEqual(['recovered-1', synced]);
  expect(documents).toEqual(['sealed values']);
});

it('gives environments a workspace again if theirs is gone', () => {
  const directory = filled();
  damage(directory, 'DELETE FROM workspaces');
  // A deleted row is no damage that a checksum shows, so something else is damaged as well.
  damage(directory, 'UPDATE environments SET checksum = NULL WHERE synced = 1');
  const opened = open(directory);
  expect(new Workspaces(opened.database).list()).toMatchObject([{ name: 'Recovered' }]);
  expect(contentOf(opened).documents).toEqual(['sealed values']);
});

it.each<readonly [string, (content: Buffer) => void]>([
  ['a garbage header', (content) => content.fill('?', 0, 100)],
  ['another application id', (content) => content.fill(0, 68, 72)],
  ['another version', (content) => content.fill(0, 60, 64)],
  ['a later file format', (content) => content.fill(3, 18, 20)],
  ['another encoding', (content) => content.fill(2, 56, 60)],
  [
    'a damaged schema',
    (content) => {
      // The page may have an older copy of the text, too.
      const text = 'CREATE TABLE environments';
      for (let at = content.indexOf(text); at >= 0; at = content.indexOf(text, at)) {
        content.fill('?', at, at + 6);
      }
    },
  ],
])('recovers everything from %s without a backup', (_, change) => {
  const directory = filled();
  const content = readFileSync(file(directory));
  change(content);
  writeFileSync(file(directory), content);
  const opened = open(directory);
  expect(opened.notices).toHaveLength(1);
  expect(contentOf(opened)).toMatchObject(whole);
});
