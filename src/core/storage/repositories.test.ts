import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { GrantSettings } from '@shared/model/grant';
import { defaultPolicy } from '@shared/model/policy';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { ACTIVITY_KEPT, ActivityRows } from './activity';
import { SealedCredentials } from './credentials';
import { Database, type SqlValue } from './database';
import { Environments, type EnvironmentRow } from './environments';
import { Grants, type GrantRow } from './grants';
import { openDatabase } from './open';
import { PreferenceRows } from './preferences';
import { systemRuntime } from '@core/runtime';
import { ConnectionSettingsRows } from './connection-settings';
import { Workspaces } from './workspaces';

let database: Database;
let workspaceId: string;

beforeEach(() => {
  ({ database } = openDatabase(temporaryDirectory()));
  workspaceId = new Workspaces(database).list()[0]?.id ?? '';
  return () => {
    database.close();
  };
});

const environment = (path: string, more: Partial<EnvironmentRow> = {}): EnvironmentRow => ({
  id: randomUUID(),
  workspaceId,
  name: path,
  synced: true,
  path,
  createdAt: 1_700_000_000_000,
  ...more,
});

describe('Database', () => {
  it.each([true, undefined, 1n, {}, new Date(0)])(
    'refuses to bind %o, which would end the process or be stored as something else',
    (value) => {
      expect(() => database.all('SELECT ?', value as unknown as SqlValue)).toThrow(TypeError);
    },
  );

  it('refuses a text that SQLite would cut off', () => {
    expect(() => {
      new PreferenceRows(database).set('a\0b', 1);
    }).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });

  it('undoes a transaction that fails, and goes on', () => {
    const preferences = new PreferenceRows(database);
    expect(() =>
      database.transaction(() => {
        preferences.set('a', 1);
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(preferences.get('a', z.number())).toBeUndefined();
    database.transaction(() => {
      preferences.set('a', 2);
    });
    expect(preferences.get('a', z.number())).toBe(2);
  });

  it('undoes inner transactions with the outer one', () => {
    const preferences = new PreferenceRows(database);
    expect(() =>
      database.transaction(() => {
        database.transaction(() => {
          preferences.set('inner', 1);
        });
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(preferences.get('inner', z.number())).toBeUndefined();
  });

  it('says when the disk is full', () => {
    const small = new Database(`${temporaryDirectory()}/small.db`);
    onTestFinished(() => {
      small.close();
    });
    small.execute('PRAGMA max_page_count = 2; CREATE TABLE t (a BLOB)');
    expect(() => small.run('INSERT INTO t VALUES (?)', new Uint8Array(100_000))).toThrow(
      expect.objectContaining({
        code: 'STORAGE_FAILED',
        message: expect.stringContaining('The disk is full'),
      }),
    );
  });

  const insert = (): void => {
    new PreferenceRows(database).set('a', 1);
  };
  const waits = () => database.transaction(() => database.get('PRAGMA synchronous'));

  it('can wait for the disk beside other work, and waits at each other commit', async () => {
    const written = database.transactionOnDisk(insert);
    expect(new PreferenceRows(database).get('a', z.number())).toBe(1);
    expect(waits()).toEqual({ synchronous: 2 });
    await written;
    const failed = database.transactionOnDisk(() => {
      insert();
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(waits()).toEqual({ synchronous: 2 });
  });

  it('can be closed while it waits for the disk', async () => {
    const written = database.transactionOnDisk(insert);
    database.close();
    await expect(written).resolves.toBeUndefined();
  });

  it('waits for the disk without a log too', async () => {
    const small = new Database(`${temporaryDirectory()}/small.db`);
    onTestFinished(() => {
      small.close();
    });
    small.execute('CREATE TABLE t (a INTEGER)');
    await small.transactionOnDisk(() => {
      small.run('INSERT INTO t VALUES (1)');
    });
    expect(small.all('SELECT a FROM t')).toEqual([{ a: 1 }]);
  });

  it('can be closed twice', () => {
    database.close();
    expect(() => {
      database.close();
    }).not.toThrow();
  });
});

describe('Workspaces', () => {
  it('keeps the order in which they came', () => {
    const workspaces = new Workspaces(database);
    const added = ['Zürich', 'Amsterdam', '本番'].map((name) => ({
      id: randomUUID(),
      name,
      createdAt: 5,
      localFolder: name,
    }));
    for (const workspace of added) workspaces.insert(workspace);
    expect(workspaces.list().map(({ name }) => name)).toEqual([
      'Personal',
      'Zürich',
      'Amsterdam',
      '本番',
    ]);
    expect(workspaces.find(added[1]?.id ?? '')).toEqual(added[1]);
    expect(workspaces.find(randomUUID())).toBeUndefined();
  });
});

describe('Grants', () => {
  it('reads a row again that was changed beside them', () => {
    const grants = new Grants(database);
    const settings: GrantSettings = {
      type: 'bearer',
      rules: [],
      hosts: ['api.example.com'],
      networks: [],
      policy: defaultPolicy,
    };
    const row: GrantRow = {
      id: randomUUID(),
      workspaceId,
      originalId: undefined,
      name: 'service',
      settings,
      references: [],
      disabled: false,
      createdAt: 1,
      changedAt: 1,
      rotatedAt: undefined,
    };
    grants.insert(row);
    expect(grants.find(row.id)).toEqual(row);
    database.run('UPDATE grants SET hosts_json = ?', '["other.example.com"]');
    expect(grants.find(row.id)?.settings.hosts).toEqual(['other.example.com']);
    grants.remove(row.id);
    expect(grants.find(row.id)).toBeUndefined();
  });
});

describe('Environments', () => {
  it('gives back what was put in, in the order it was put in', () => {
    const environments = new Environments(database);
    const rows = [
      environment('z/últimó 🚀'),
      environment('a', { synced: false, name: 'Production' }),
      environment("x'; DROP TABLE environments; --", { revisionLabel: 'v14', pulledAt: 123 }),
    ];
    environments.insertMany(rows.slice(0, 2));
    environments.insertMany(rows.slice(2));
    expect(environments.list(workspaceId)).toEqual(rows);
    expect(environments.find(rows[2]?.id ?? '')).toEqual(rows[2]);
    expect(environments.find(randomUUID())).toBeUndefined();
    expect(environments.list(randomUUID())).toEqual([]);
  });

  it('takes any name', () => {
    const environments = new Environments(database);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), (name) => {
        fc.pre(!name.includes('\0'));
        const row = environment(`${randomUUID()}/${name}`, { name });
        environments.insertMany([row]);
        expect(environments.find(row.id)).toEqual(row);
      }),
    );
  });

  it('has one synced environment for a path in a workspace, and inserts all or none', () => {
    const environments = new Environments(database);
    environments.insertMany([environment('production')]);
    expect(() => {
      environments.insertMany([environment('new'), environment('production')]);
    }).toThrow(
      expect.objectContaining({
        code: 'ALREADY_EXISTS',
        message: expect.stringContaining('production'),
      }),
    );
    expect(environments.list(workspaceId).map(({ path }) => path)).toEqual(['production']);
  });

  it('allows the same path for unsynced ones and in another workspace', () => {
    const environments = new Environments(database);
    const other = randomUUID();
    new Workspaces(database).insert({
      id: other,
      name: 'Other',
      createdAt: 1,
      localFolder: 'other',
    });
    environments.insertMany([
      environment('production'),
      environment('production', { synced: false }),
      environment('production', { synced: false }),
      environment('production', { workspaceId: other }),
    ]);
    expect(environments.list(workspaceId)).toHaveLength(3);
    expect(environments.list(other)).toHaveLength(1);
  });

  it('refuses a workspace that does not exist', () => {
    expect(() => {
      new Environments(database).insertMany([environment('a', { workspaceId: randomUUID() })]);
    }).toThrow(expect.objectContaining({ code: 'NO_SUCH_WORKSPACE' }));
    expect(new Environments(database).list(workspaceId)).toEqual([]);
  });

  it('notes what a pull brought', () => {
    const environments = new Environments(database);
    const row = environment('a', { revisionLabel: 'v1', pulledAt: 1 });
    environments.insertMany([row]);
    environments.markPulled([
      { id: row.id, revisionLabel: 'v2', pulledAt: 2 },
      { id: randomUUID(), pulledAt: 2 },
    ]);
    expect(environments.find(row.id)).toMatchObject({ revisionLabel: 'v2', pulledAt: 2 });
    environments.markPulled([{ id: row.id, pulledAt: 3 }]);
    expect(environments.find(row.id)).not.toHaveProperty('revisionLabel');
  });

  it('takes 2,000 in one go', () => {
    const environments = new Environments(database);
    const rows = Array.from({ length: 2000 }, (_, index) =>
      environment(`team ${String(index)}/環境 ${String(index)}`, { name: `環境 ${String(index)}` }),
    );
    environments.insertMany(rows);
    expect(environments.list(workspaceId)).toEqual(rows);
  });
});

describe('ConnectionSettingsRows', () => {
  it('keeps the settings of each provider, and which one is selected', () => {
    const settings = new ConnectionSettingsRows(database, systemRuntime);
    expect(settings.selected('global')).toBeUndefined();
    settings.save('global', 'hashicorp-vault', { url: 'https://vault', autoSync: true });
    settings.save('global', 'aws-secrets-manager', { region: 'eu-west-1' });
    expect(settings.selected('global')).toBe('aws-secrets-manager');
    expect(settings.find('global', 'hashicorp-vault')).toEqual({
      url: 'https://vault',
      autoSync: true,
    });
    settings.save('global', 'hashicorp-vault', { url: 'https://other' });
    expect(settings.selected('global')).toBe('hashicorp-vault');
    expect(settings.find('global', 'hashicorp-vault')).toEqual({ url: 'https://other' });
  });

  it('keeps scopes apart, and forgets one as a whole', () => {
    const settings = new ConnectionSettingsRows(database, systemRuntime);
    settings.save('global', 'local-vault', { autoSync: true });
    settings.save(workspaceId, 'local-vault', { autoSync: false });
    settings.removeScope(workspaceId);
    expect(settings.selected(workspaceId)).toBeUndefined();
    expect(settings.find(workspaceId, 'local-vault')).toBeUndefined();
    expect(settings.find('global', 'local-vault')).toEqual({ autoSync: true });
  });
});

describe('SealedCredentials', () => {
  const destination = '{"url":"https://vault.example"}';

  it('gives back the bytes that were put in, by scope, provider, field and destination', () => {
    const credentials = new SealedCredentials(database);
    const address = { scope: 'global', provider: 'hashicorp-vault', field: 'token', destination };
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (sealed) => {
        credentials.put({ ...address, sealed });
        expect(credentials.find(address)).toEqual(sealed);
      }),
    );
    expect(credentials.find({ ...address, scope: workspaceId })).toBeUndefined();
    expect(credentials.find({ ...address, provider: 'local-vault' })).toBeUndefined();
    expect(credentials.find({ ...address, field: 'secretId' })).toBeUndefined();
    expect(credentials.find({ ...address, destination: '{}' })).toBeUndefined();
  });

  it('forgets one, or those of a scope', () => {
    const credentials = new SealedCredentials(database);
    const sealed = Uint8Array.of(1);
    for (const field of ['b', 'a', 'c']) {
      credentials.put({ scope: 'global', provider: 'p', field, destination, sealed });
      credentials.put({ scope: workspaceId, provider: 'p', field, destination, sealed });
    }
    credentials.remove({ scope: 'global', provider: 'p', field: 'c', destination });
    credentials.removeScope(workspaceId);
    expect(credentials.names('global', 'p')).toEqual([
      { field: 'a', destination },
      { field: 'b', destination },
    ]);
    expect(credentials.all().map(({ scope }) => scope)).toEqual(['global', 'global']);
  });
});

describe('ActivityRows', () => {
  it('lists the newest first: those of the workspace, and those of none', () => {
    const activity = new ActivityRows(database);
    const entry = { action: 'revealed', outcome: 'done' } as const;
    activity.insert({
      ...entry,
      at: 3,
      workspaceId,
      environment: 'production',
      path: 'production',
      detail: 'API_KEY',
    });
    const other = { id: randomUUID(), name: 'Other', createdAt: 0, localFolder: 'other' };
    new Workspaces(database).insert(other);
    activity.insert({ ...entry, at: 1, workspaceId: other.id });
    activity.insert({ at: 2, action: 'protection-changed', outcome: 'failed' });
    expect(activity.list(workspaceId, { limit: 10 })).toEqual([
      { id: 3, at: 2, action: 'protection-changed', outcome: 'failed' },
      {
        ...entry,
        id: 1,
        at: 3,
        environment: 'production',
        path: 'production',
        detail: 'API_KEY',
      },
    ]);
    expect(activity.list(workspaceId, { limit: 1 }).map(({ id }) => id)).toEqual([3]);
  });

  it('keeps about the newest 10,000', () => {
    const activity = new ActivityRows(database);
    database.transaction(() => {
      for (let at = 1; at <= ACTIVITY_KEPT + 250; at += 1) {
        activity.insert({ at, workspaceId, action: 'copied', outcome: 'done' });
      }
    });
    // A start prunes as well, so that many short sessions do not add up.
    new ActivityRows(database).insert({ at: 0, workspaceId, action: 'copied', outcome: 'done' });
    const kept = activity.list(workspaceId, { limit: 2 * ACTIVITY_KEPT });
    expect(kept).toHaveLength(ACTIVITY_KEPT + 1);
    expect(kept[1]?.at).toBe(ACTIVITY_KEPT + 250);
  });
});

describe('PreferenceRows', () => {
  it('keeps JSON values, and gives nothing for what it does not understand', () => {
    const preferences = new PreferenceRows(database);
    preferences.set('theme', 'dark');
    expect(preferences.get('theme', z.enum(['light', 'dark']))).toBe('dark');
    expect(preferences.get('theme', z.number())).toBeUndefined();
    preferences.set('theme', 'light');
    expect(preferences.get('theme', z.string())).toBe('light');
  });
});
