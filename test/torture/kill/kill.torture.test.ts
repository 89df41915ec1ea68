/**
 * A core is killed at any moment of its work. Its task is then done or not done, never half, and can be
 * resumed. `npm run torture` kills hundreds.
 */
import { randomBytes } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { VaultServer } from '../../servers/vault/server';
import { childOfAll, type Child } from '../../support/child-process';
import { adding, startCore, startTestVault, summaryOf, TestCore } from '../../support/core';
import { filesHolding } from '../../support/files-holding';
import { filesIn, temporaryDirectory } from '../../support/temporary-directory';
import { printFigures, seedOf, sized } from '../../support/size';
import { Random } from '../random';
import type { Order } from './child';

const KEYS = ['A', 'B', 'C', 'D', 'E', 'F'];

interface Fixture {
  core: TestCore;
  readonly vault: VaultServer;
  readonly random: Random;
  readonly mark: string;
  /** The lines that the last child printed, in order. */
  said: readonly string[];
  id: string;
  /** The number of the next step. */
  step: number;
  /** The step whose values are on this computer, if there are any. */
  held: number | undefined;
}

/** A task to be killed in, and what must be true afterwards. */
interface Work {
  readonly name: string;
  readonly does: Order['work'];
  readonly usesServer: boolean;
  prepare(fixture: Fixture): Promise<void>;
  /** Runs before each start of a child. */
  before?(fixture: Fixture): void;
  /** Runs with the core opened again. Returns its finding, for the figures. */
  verify(fixture: Fixture): Promise<string>;
}

const allOf = (value: string): Record<string, string> =>
  Object.fromEntries(KEYS.map((key) => [key, value]));

/** The step that these values belong to; fails if they belong to several steps. */
function stepIn(values: Readonly<Record<string, unknown>> | undefined, mark: string): number {
  const step = Number(String(values?.['A']).slice(mark.length + 1));
  expect(values).toEqual(allOf(`${mark}.${String(step)}`));
  return step;
}

/** The last step that was reported as done. */
const lastStep = ({ said, step }: Fixture, what: string): number =>
  Number(
    said
      .findLast((line) => line.startsWith(`${what} `))
      ?.split(' ')
      .at(-1) ?? step - 1,
  );

const isDone = (found: number, told: number): string => {
  expect([told, told + 1]).toContain(found);
  return found === told ? 'before' : 'after';
};

const kv = ({ vault }: Fixture) => vault.kv('secret');

const livePaths = (fixture: Fixture, folder: string): string[] =>
  kv(fixture)
    .paths()
    .filter((path) => path.startsWith(folder) && kv(fixture).read(path) !== undefined);

const works: readonly Work[] = [
  {
    name: 'saving on this computer',
    does: 'save',
    usesServer: false,
    prepare: async (fixture) => {
      fixture.id = await fixture.core.create('here', allOf(`${fixture.mark}.0`));
    },
    verify: async (fixture) => {
      const found = stepIn(await fixture.core.values(fixture.id), fixture.mark);
      const outcome = isDone(found, lastStep(fixture, 'saved'));
      fixture.step = found + 1;
      return outcome;
    },
  },
  {
    name: 'saving to the provider',
    does: 'save',
    usesServer: true,
    prepare: async (fixture) => {
      fixture.id = await fixture.core.createSynced('there', allOf(`${fixture.mark}.0`));
    },
    verify: async (fixture) => {
      const { core, id, mark } = fixture;
      const found = stepIn(kv(fixture).read('there'), mark);
      const outcome = isDone(found, lastStep(fixture, 'saved'));
      expect((await core.client.environments.open({ id })).environment.state).toBe('not-loaded');
      await core.client.environments.pull({ id });
      expect(stepIn(await core.values(id), mark)).toBe(found);
      fixture.step = found + 1;
      return outcome;
    },
  },
  {
    name: 'pulling',
    does: 'pull',
    usesServer: true,
    prepare: async (fixture) => {
      fixture.id = await fixture.core.createSynced('there', allOf(`${fixture.mark}.0`));
    },
    before: (fixture) => {
      fixture.step += 1;
      for (const name of ['a', 'b', 'c', 'd']) {
        const value = `${fixture.mark}.${String(fixture.step)}`;
        kv(fixture).put(`pulled/${String(fixture.step)}/${name}`, allOf(value));
      }
    },
    verify: async (fixture) => {
      const { core } = fixture;
      const found = (await core.environments()).map(({ path }) => path).toSorted();
      expect(found).toEqual([...new Set(found)]);
      expect(kv(fixture).paths()).toEqual(expect.arrayContaining(found));
      expect(await core.pullAll()).toMatchObject({ skipped: [] });
      const after = await core.environments();
      expect(after.map(({ path }) => path).toSorted()).toEqual(kv(fixture).paths());
      expect(new Set(after.map(({ state }) => state))).toEqual(new Set(['loaded']));
      return found.length === after.length ? 'after' : 'before';
    },
  },
  {
    name: 'migrating',
    does: 'move',
    usesServer: true,
    prepare: async (fixture) => {
      fixture.id = await fixture.core.createSynced(
        'there',
        allOf(`${fixture.mark}.0`),
        'moved/there',
      );
    },
    verify: async (fixture) => {
      const { core, id, mark, random } = fixture;
      const { client, workspaceId } = core;
      const complete = livePaths(fixture, 'moved/');
      for (const path of complete) expect(stepIn(kv(fixture).read(path), mark)).toBe(0);
      expect(complete.length).toBeGreaterThan(0);
      const [pending, ...others] = await client.migrations.pending({ workspaceId });
      expect(others).toEqual([]);
      let outcome = 'done';
      if (pending !== undefined) {
        // If one end holds nothing, there is only one way.
        const isSourceThere = complete.includes(pending.from.path);
        outcome = isSourceThere && random.chance(0.5) ? 'undone' : 'resumed';
        if (outcome === 'undone') await client.migrations.undo({ id: pending.id });
        else await summaryOf(client.migrations.resume({ id: pending.id }));
        expect(await client.migrations.pending({ workspaceId })).toEqual([]);
        const { path } = (await client.environments.open({ id })).environment;
        expect(path).toBe(outcome === 'undone' ? pending.from.path : pending.to.path);
      }
      const { path } = (await client.environments.open({ id })).environment;
      expect(livePaths(fixture, 'moved/')).toEqual([path]);
      await client.environments.pull({ id });
      expect(stepIn(await core.values(id), mark)).toBe(0);
      fixture.step += 1 + fixture.said.length;
      return outcome;
    },
  },
  {
    name: 'switching sync on and off',
    does: 'sync',
    usesServer: true,
    prepare: async (fixture) => {
      fixture.id = await fixture.core.create('either');
    },
    verify: async (fixture) => {
      const { core, id, mark, said } = fixture;
      const { environment } = await core.client.environments.open({ id });
      const [did = 'nothing', number = '0'] = said.at(-1)?.split(' ') ?? [];
      const step = Number(number);
      const held = fixture.held;
      fixture.held = undefined;
      let outcome = 'empty';
      const values = environment.synced ? {} : await core.values(id);
      if (environment.synced) {
        outcome = 'synced';
        expect(['saved', 'on']).toContain(did);
        expect(environment.path).toBe(`synced/${String(step)}`);
        expect(stepIn(kv(fixture).read(environment.path), mark)).toBe(step);
        await core.client.environments.pull({ id });
        expect(stepIn(await core.values(id), mark)).toBe(step);
        await core.client.environments.disableSync({ id });
      } else if (Object.keys(values).length > 0) {
        outcome = 'local';
        fixture.held = stepIn(values, mark);
        const next = { saved: [step], off: [step + 1], nothing: [held, fixture.step] }[did] ?? [];
        expect(next).toContain(fixture.held);
      } else {
        // The local values are gone only if they are at the provider.
        expect(['on', 'off', ...(held === undefined ? ['nothing'] : [])]).toContain(did);
      }
      fixture.step += said.length + 2;
      return outcome;
    },
  },
  {
    name: 'replacing the key',
    does: 'key',
    usesServer: false,
    prepare: async (fixture) => {
      const { core, mark } = fixture;
      const { id: workspaceId } = await core.client.workspaces.create({ name: 'Local' });
      await core.client.connections.save({
        workspaceId,
        scope: 'workspace',
        provider: 'local-vault',
        values: { autoSync: false },
        credentials: {},
      });
      const { id } = await core.client.environments.create({ workspaceId, name: 'in-vault' });
      await core.save(id, adding(allOf(`${mark}.0`)));
      await core.client.environments.enableSync({ id, path: 'in-vault', resolution: 'push' });
      await core.createSynced('there', allOf(`${mark}.0`));
      fixture.id = await core.create('here', allOf(`${mark}.0`));
    },
    verify: async ({ core, mark, said }) => {
      const { client } = core;
      const { workspaces } = await client.workspaces.list();
      const all = await Promise.all(
        workspaces.map((each) => client.environments.list({ workspaceId: each.id })),
      );
      for (const { id: each, synced } of all.flat()) {
        if (synced) await client.environments.pull({ id: each });
        expect(stepIn(await core.values(each), mark)).toBe(0);
      }
      expect(all.flat()).toHaveLength(3);
      // What the crash left in the keychain is removed at the start.
      expect(core.keychain.entries.size).toBe(1);
      return said.at(-1)?.startsWith('replaced') === true ? 'between' : 'within';
    },
  },
];

/** Kills a child at some point of its work, and records the lines that it printed. */
async function killed(
  { does, usesServer }: Work,
  fixture: Fixture,
  dataDirectory: string,
  start: (args: readonly string[]) => Child,
): Promise<void> {
  const { core, vault, random, mark, id, step } = fixture;
  const order: Order = {
    dataDirectory,
    keychain: [...core.keychain.entries],
    work: does,
    id,
    keys: KEYS,
    mark,
    first: step,
  };
  const child = start([JSON.stringify(order)]);
  const said: string[] = [];
  fixture.said = said;
  expect(await child.line()).toBe('ready');
  const atRequest = usesServer && random.chance(0.7);
  if (atRequest) {
    let left = random.between(1, 30);
    vault.faults.add({
      match: () => {
        left -= 1;
        if (left === 0) child.kill('SIGKILL');
        return left === 0;
      },
      times: 1,
      effect: { kind: 'drop', applied: random.chance(0.7) },
    });
  } else {
    const milliseconds = random.next() * 250;
    setTimeout(() => {
      child.kill('SIGKILL');
    }, milliseconds);
  }
  for (;;) {
    const line = await child.line().catch(() => undefined);
    if (line === undefined) break;
    said.push(line);
    followKeychain(core, line);
  }
  expect(await child.ended).toBe('SIGKILL');
  vault.faults.clear();
}

/** The keychain outlives the child that changed it. */
function followKeychain({ keychain }: TestCore, line: string): void {
  const [what, change, account = '', password = ''] = line.split(' ');
  if (what !== 'keychain') return;
  if (change === 'set') keychain.entries.set(account, password);
  else keychain.entries.delete(account);
}

/**
 * Opens a core on a copy of the directory, as the next start would. It is a copy because this process keeps
 * its files open until libsql’s statements are garbage-collected, which would disturb the next child.
 */
async function reopened(before: TestCore, directory: string): Promise<TestCore> {
  const core = new TestCore(copyOf(directory));
  for (const [account, password] of before.keychain.entries) {
    core.keychain.entries.set(account, password);
  }
  await core.start();
  onTestFinished(() => core.close());
  for (const old of [before.dataDirectory, directory]) emptyDirectory(old);
  return core;
}

function copyOf(directory: string): string {
  const copy = temporaryDirectory();
  cpSync(directory, copy, { recursive: true });
  return copy;
}

function emptyDirectory(directory: string): void {
  for (const name of filesIn(directory)) rmSync(join(directory, name));
}

describe('killed while', () => {
  const start = childOfAll(new URL('child.ts', import.meta.url));

  it.each(works)('$name', { timeout: 3_600_000 }, async (work) => {
    const kills = sized(2, 100);
    const seed = seedOf();
    const [core, vault] = [await startCore(), await startTestVault()];
    await core.useVault(vault);
    const mark = `mark${randomBytes(12).toString('hex')}`;
    const fixture: Fixture = {
      core,
      vault,
      random: new Random(seed),
      mark,
      said: [],
      id: '',
      step: 1,
      held: undefined,
    };
    const found: Record<string, number> = {};
    const since = performance.now();
    const holding = (directory: string) => filesHolding(directory, Buffer.from(mark));
    await work.prepare(fixture);
    for (let count = 0; count < kills; count += 1) {
      work.before?.(fixture);
      await fixture.core.close();
      const directory = copyOf(fixture.core.dataDirectory);
      expect(await holding(directory)).toEqual([]);
      await killed(work, fixture, directory, start);
      expect(await holding(directory)).toEqual([]);
      fixture.core = await reopened(fixture.core, directory);
      expect((await fixture.core.client.app.info()).notices).toEqual([]);
      const outcome = await work.verify(fixture);
      found[outcome] = (found[outcome] ?? 0) + 1;
    }
    await fixture.core.close();
    expect(await holding(fixture.core.dataDirectory)).toEqual([]);
    const seconds = Math.round((performance.now() - since) / 100) / 10;
    printFigures(`Killed while ${work.name}`, { seed, kills, ...found, seconds });
  });
});
