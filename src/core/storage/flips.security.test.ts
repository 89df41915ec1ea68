/**
 * Flipped bits in the database: each is harmless, reported in words, or refused. No row that matters changes without a
 * word, and the values of environments that are not synced survive.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import { isAppError } from '@shared/errors';
import { grantSettingsSchema } from '@shared/model/grant';
import { systemRuntime } from '@core/runtime';
import { printFigures, seedOf, sized } from '@test/support/size';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { Random } from '@test/torture/random';
import { ActivityRows } from './activity';
import { AuditRows } from './audit';
import { Backups } from './backups';
import { checkedTables, columnsOf } from './checked-rows';
import { ConnectionSettingsRows } from './connection-settings';
import { SealedCredentials } from './credentials';
import type { Database } from './database';
import { Environments } from './environments';
import { Grants, GrantSealRows, SealedGrantSecrets } from './grants';
import { SealedDocuments } from './local-documents';
import { Moves } from './moves';
import { openDatabase } from './open';
import { OwnerMarks } from './owner-marks';
import { PreferenceRows } from './preferences';
import { VariableMarks } from './variable-marks';
import { Workspaces } from './workspaces';

vi.setConfig({ testTimeout: 4 * 3_600_000 });

const grantSettings = grantSettingsSchema.parse({
  type: 'bearer',
  rules: [],
  hosts: ['https://api.example.com'],
  networks: [],
  policy: {
    callers: { window: 'allow', cli: 'ask', sdk: 'ask', mcp: 'deny', serve: 'deny' },
    methods: ['GET'],
  },
});

/** Rows of every kind. */
function fill(database: Database): void {
  const workspaces = new Workspaces(database);
  workspaces.insert({ id: randomUUID(), name: 'Team', createdAt: 1, localFolder: '/team' });
  const environments = new Environments(database);
  const settings = new ConnectionSettingsRows(database, systemRuntime);
  settings.save('global', 'hashicorp-vault', {
    url: 'https://vault.example.com:8200',
    enginePath: 'secret',
  });
  const credentials = new SealedCredentials(database);
  for (const [place, { id: workspaceId }] of workspaces.list().entries()) {
    settings.save(workspaceId, 'aws-secrets-manager', { region: 'eu-central-1' });
    credentials.put({
      scope: workspaceId,
      provider: 'aws-secrets-manager',
      field: 'secretAccessKey',
      destination: 'https://secretsmanager.eu-central-1.amazonaws.com',
      sealed: randomBytes(120),
    });
    for (let index = 0; index < 12; index += 1) {
      const [id, name] = [randomUUID(), `environment-${String(place)}-${String(index)}`];
      const synced = index % 2 === 0;
      environments.insertMany([
        { id, workspaceId, name, synced, path: `apps/${name}`, createdAt: 1_700_000_000_000 },
      ]);
      new VariableMarks(database).replace(
        id,
        new Map([['API_KEY', { disabled: index % 3 === 0, secret: true }]]),
      );
      if (!synced) {
        new SealedDocuments(database).put({ environmentId: id, sealed: randomBytes(700) });
      }
      if (index === 0) {
        new OwnerMarks(database).set(id, { owner: 'platform', place: 'here' });
        new Moves(database).insert({
          id: randomUUID(),
          workspaceId,
          environmentId: id,
          from: { provider: 'hashicorp-vault', path: `apps/${name}` },
          to: { provider: 'local-vault', path: name },
          stage: 'verifying',
          at: 1_700_000_000_000,
        });
      }
    }
    for (let index = 0; index < 3; index += 1) {
      const id = randomUUID();
      new Grants(database).insert({
        id,
        workspaceId,
        originalId: undefined,
        name: `grant-${String(index)}`,
        settings: grantSettings,
        references: [{ name: 'token', environment: 'environment-0-1', key: 'API_KEY' }],
        disabled: false,
        createdAt: 1,
        changedAt: 1,
        rotatedAt: 1,
      });
      new GrantSealRows(database).put(id, randomBytes(29));
      new SealedGrantSecrets(database).put({
        grantId: id,
        name: 'token',
        hosts: JSON.stringify(grantSettings.hosts),
        sealed: randomBytes(90),
      });
    }
    for (let index = 0; index < 40; index += 1) {
      new ActivityRows(database).insert({
        at: index,
        workspaceId,
        action: 'saved',
        outcome: 'done',
        environment: 'environment-0-1',
        detail: '1 added',
        caller: { kind: 'cli', process: { pid: 1, name: 'sh' } },
      });
      new AuditRows(database).append((last) => [
        {
          seq: (last?.seq ?? 0) + 1,
          at: index,
          content: JSON.stringify({ event: 'revealed', actor: 'somebody', environment: 'e' }),
          hash: randomUUID(),
        },
      ]);
    }
  }
  const preferences = new PreferenceRows(database);
  preferences.set('security', { sharesUnlock: false });
  preferences.set('window', { theme: 'dark', sidebarWidth: 260 });
}

/** Every checked row as text, by table. */
function dumpOf(database: Database): Map<string, string[]> {
  return new Map(
    checkedTables.map(({ name }) => {
      const columns = columnsOf(database, 'main', name).map((column) => `quote("${column}")`);
      const rows = database.all(`SELECT ${columns.join(` || ',' || `)} AS line FROM "${name}"`);
      return [name, rows.map(({ line }) => String(line)).toSorted()];
    }),
  );
}

/** Reads what the app reads. */
function readAll(database: Database): void {
  for (const { id } of new Workspaces(database).list()) {
    for (const environment of new Environments(database).list(id)) {
      new VariableMarks(database).list(environment.id);
    }
    new Grants(database).list(id);
    new Moves(database).list(id);
    new ActivityRows(database).list(id, { limit: 1000 });
    new ConnectionSettingsRows(database, systemRuntime).find(id, 'aws-secrets-manager');
  }
  new AuditRows(database).list({ limit: 1000 });
  new PreferenceRows(database).get('security', z.unknown());
}

interface Original {
  readonly content: Buffer;
  readonly dump: ReadonlyMap<string, string[]>;
  readonly backup: { readonly name: string; readonly content: Buffer } | undefined;
}

function original(withBackup: boolean): Original {
  const directory = temporaryDirectory();
  const { database } = openDatabase(directory);
  fill(database);
  const backup = withBackup
    ? new Backups({ database, dataDirectory: directory, runtime: systemRuntime }).make()
    : undefined;
  const dump = dumpOf(database);
  database.close();
  return {
    content: readFileSync(join(directory, 'strongroom.db')),
    dump,
    backup: backup && {
      name: backup.name,
      content: readFileSync(join(directory, 'backups', backup.name)),
    },
  };
}

type Outcome = 'harmless' | 'reported' | 'refused' | 'silent';

interface Result {
  readonly outcome: Outcome;
  /** Local documents that are not there any more. */
  readonly lostDocuments: number;
  readonly lostRows: number;
}

/** Opens a copy with one flipped bit. */
function outcomeOf({ content, dump, backup }: Original, place: number, bit: number): Result {
  const directory = mkdtempSync(join(tmpdir(), 'strongroom-flip-'));
  try {
    const flipped = Buffer.from(content);
    flipped.writeUInt8(flipped.readUInt8(place) ^ (1 << bit), place);
    writeFileSync(join(directory, 'strongroom.db'), flipped);
    if (backup !== undefined) {
      mkdirSync(join(directory, 'backups'));
      writeFileSync(join(directory, 'backups', backup.name), backup.content);
    }
    return resultOf(directory, dump);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function resultOf(directory: string, dump: Original['dump']): Result {
  try {
    const { database, notices } = openDatabase(directory);
    readAll(database);
    const after = dumpOf(database);
    database.close();
    const lostIn = (table: string): number =>
      (dump.get(table) ?? []).filter((line) => after.get(table)?.includes(line) !== true).length;
    const tables = checkedTables.map(({ name }) => name);
    const isSame = tables.every(
      (name) => lostIn(name) === 0 && dump.get(name)?.length === after.get(name)?.length,
    );
    return {
      outcome: notices.length > 0 ? 'reported' : isSame ? 'harmless' : 'silent',
      lostDocuments: lostIn('local_documents'),
      lostRows: tables.map(lostIn).reduce((sum, count) => sum + count, 0),
    };
  } catch (error) {
    // Nothing that a flip does is a fault of the disk.
    if (!isAppError(error, 'DATA_TOO_NEW')) throw error;
    return { outcome: 'refused', lostDocuments: 0, lostRows: 0 };
  }
}

/** A connection holds its files until its statements are garbage, which a loop as tight as this never collects. */
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const COLLECT_EVERY = 200;

/** In a full run: every how many bytes one is flipped. */
const STEP = 100;

/** How many bytes are flipped in every run of the tests. */
const IN_EVERY_RUN = 60;

it.each([true, false])(
  'no flipped bit changes anything without a word, with a backup: %s',
  (withBackup) => {
    const random = new Random(seedOf());
    const whole = original(withBackup);
    const all = Math.floor(whole.content.byteLength / STEP);
    const flips = Math.min(all, sized(IN_EVERY_RUN, all));
    const figures = {
      flips,
      harmless: 0,
      reported: 0,
      refused: 0,
      silent: 0,
      lostRows: 0,
      losingValues: 0,
    };
    for (let flip = 0; flip < flips; flip += 1) {
      const place = Math.floor((flip * whole.content.byteLength) / flips);
      if (flip % COLLECT_EVERY === 0) collectGarbage();
      const result = outcomeOf(whole, place, random.between(0, 7));
      figures[result.outcome] += 1;
      figures.lostRows += result.lostRows;
      if (result.lostDocuments > 0) figures.losingValues += 1;
      if (result.outcome === 'silent' || (withBackup && result.lostDocuments > 0)) {
        process.stdout.write(`byte ${String(place)}: ${JSON.stringify(result)}\n`);
      }
    }
    printFigures(`flips, backup ${String(withBackup)}`, figures);
    expect(figures.silent).toBe(0);
    expect(withBackup ? figures.losingValues : 0).toBe(0);
  },
);
