/**
 * `apply` is killed at any moment. A vault that is one secret is then as it was before or as it is declared, never in
 * between. In a vault with one secret for each name, that holds for each name. The next apply finishes without asking
 * again. `npm run torture` kills hundreds.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasChanges, type Declaration } from '@shared/model/declaration';
import { startGoogleSecretManager } from '../../servers/google-secret-manager/server';
import { startParameterStoreServer } from '../../servers/parameter-store/server';
import { startVault as startKeyVault } from '../../support/azure-key-vault';
import { googleForm, keyVaultForm, parameterStoreForm } from '../../support/forms';
import type { MatchedFaults } from './apply-faults';
import { awsFaults, httpFaults, noFaults } from './apply-faults';
import { childOfAll, type Child } from '../../support/child-process';
import { startCore, startTestAws, startTestVault, TestCore } from '../../support/core';
import { printFigures, seedOf, sized } from '../../support/size';
import { filesIn, temporaryDirectory } from '../../support/temporary-directory';
import { Random } from '../random';
import type { ApplyOrder } from './apply-child';

const CONFIG = 'torture-app';
const VAULTS = ['one', 'two', 'three'];
/** How many declarations a child would apply if it was not killed. */
const STEPS = 30;

type Values = Readonly<Record<string, string>>;

interface Place {
  readonly name: string;
  /** Whether each name of a vault is a secret. */
  readonly isFolder?: boolean;
  readonly open: (core: TestCore) => Promise<MatchedFaults>;
}

const places: readonly Place[] = [
  {
    name: 'in the local vault',
    open: async (core) => {
      await core.useLocal();
      // The key is made now, and not by the child, whose keychain ends with it.
      await core.createSynced('elsewhere', { A: '1' });
      return noFaults;
    },
  },
  {
    name: 'in KV v2',
    open: async (core) => {
      const vault = await startTestVault();
      await core.useVault(vault);
      return httpFaults(vault.faults);
    },
  },
  {
    name: 'in AWS Secrets Manager',
    open: async (core) => {
      const aws = await startTestAws();
      // AWS takes a hundred versions of a secret a day.
      aws.settings.versionQuota = 100_000;
      await core.useAws(aws);
      return awsFaults(aws.faults);
    },
  },
  {
    name: 'in folders of AWS Parameter Store',
    isFolder: true,
    open: async ({ client, workspaceId }) => {
      const server = await startParameterStoreServer();
      onTestFinished(() => server.stop());
      server.settings.nameFreeAfter = 0;
      await client.connections.save(parameterStoreForm(workspaceId, server, server.accessKey()));
      return awsFaults(server.faults);
    },
  },
  {
    name: 'in folders of Google Secret Manager',
    isFolder: true,
    open: async ({ client, workspaceId }) => {
      const server = await startGoogleSecretManager();
      onTestFinished(() => server.close());
      const key = JSON.stringify(server.serviceAccount().newKey());
      await client.connections.save(googleForm(workspaceId, server, key));
      return httpFaults(server.faults, ({ service }) => service === 'secretmanager');
    },
  },
  {
    name: 'in folders of Azure Key Vault',
    isFolder: true,
    open: async ({ client, workspaceId }) => {
      const server = await startKeyVault();
      await client.connections.save(keyVaultForm(workspaceId, server, server.application()));
      return httpFaults(server.faults, ({ api }) => api === 'vault');
    },
  },
];

/** Secrets come, go and change with each step; all values of a step end with its number. */
function valuesAt(vault: string, step: number): Values {
  if (step === 0) return {};
  const names = ['A', 'B', 'C', 'D', 'E'].filter((_, index) => (step + index) % 3 !== 0);
  return Object.fromEntries(names.map((name) => [name, `${vault}.${name}.${String(step)}`]));
}

const declarationAt = (step: number): Declaration => ({
  name: CONFIG,
  vaults: VAULTS.map((vault) => ({
    vault,
    secrets: Object.entries(valuesAt(vault, step)).map(([name, value]) => ({
      name,
      content: { value },
    })),
  })),
});

const { signal } = new AbortController();

/** What a vault holds at its store; nothing if it is not there. */
async function heldBy(core: TestCore, vault: string): Promise<Values> {
  const found = (await core.environments()).find(({ name }) => name === vault);
  if (found === undefined) return {};
  await core.client.environments.pull({ id: found.id });
  return core.values(found.id);
}

/**
 * The step that the values of a vault belong to: `last`, or the one after it. In a folder also `between`, if each name
 * is that of one of these steps. Fails for anything else.
 */
function stepOf(
  values: Values,
  vault: string,
  { last, isFolder }: { readonly last: number; readonly isFolder: boolean },
): number | 'between' {
  const [before, after] = [valuesAt(vault, last), valuesAt(vault, last + 1)];
  if (isDeepStrictEqual(values, before)) return last;
  if (isDeepStrictEqual(values, after)) return last + 1;
  const names = Object.keys({ ...values, ...before, ...after });
  const isEither = names.every((name) => [before[name], after[name]].includes(values[name]));
  if (isFolder && isEither) return 'between';
  throw new Error(`${vault} is torn after step ${String(last)}: ${JSON.stringify(values)}`);
}

/** Applies without any consent to adopt. */
async function finish({ core, workspaceId }: TestCore, step: number): Promise<void> {
  const declaration = declarationAt(step);
  const plan = async () => {
    const plans = await core.declarative.plan(workspaceId, declaration, signal);
    return plans.flatMap((each) => ('base' in each && hasChanges(each) ? [each] : []));
  };
  const agreed = await plan();
  const consent = { agreed, adopt: [], deleteAll: agreed.map(({ vault }) => vault) };
  const applied = await core.declarative.apply(workspaceId, declaration, consent, signal);
  expect(applied.filter(({ outcome }) => outcome !== 'applied')).toEqual([]);
  expect(await plan()).toEqual([]);
}

/** Starts a child that applies the steps after `first`, and kills it. Returns the last step that it reported. */
async function killed(
  core: TestCore,
  directory: string,
  first: number,
  {
    random,
    faults,
    start,
  }: { random: Random; faults: MatchedFaults; start: (args: readonly string[]) => Child },
): Promise<number> {
  const order: ApplyOrder = {
    dataDirectory: directory,
    keychain: [...core.keychain.entries],
    workspaceId: core.workspaceId,
    declarations: Array.from({ length: STEPS }, (_, index) => declarationAt(first + index)),
  };
  const child = start([JSON.stringify(order)]);
  let last = first - 1;
  expect(await child.line()).toBe('ready');
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  const atRequest = faults.atRequest !== undefined && random.chance(0.7);
  if (atRequest) faults.atRequest?.(random.between(1, 40), random.chance(0.7), kill);
  else setTimeout(kill, random.next() * 250);
  for (;;) {
    const line = await child.line().catch(() => undefined);
    if (line === undefined) break;
    last = first + Number(line.split(' ').at(-1));
  }
  // A quick child may have applied everything before.
  expect([child.errors(), await child.ended]).toEqual(['', expect.anything()]);
  faults.clear();
  return last;
}

/** As the next start would find it, see `kill.torture.test.ts`. */
async function reopened(before: TestCore, directory: string): Promise<TestCore> {
  const core = new TestCore(copyOf(directory));
  for (const [account, password] of before.keychain.entries) {
    core.keychain.entries.set(account, password);
  }
  await core.start();
  onTestFinished(() => core.close());
  for (const old of [before.dataDirectory, directory]) {
    for (const name of filesIn(old)) rmSync(join(old, name));
  }
  return core;
}

function copyOf(directory: string): string {
  const copy = temporaryDirectory();
  cpSync(directory, copy, { recursive: true });
  return copy;
}

describe('killed while applying', () => {
  const start = childOfAll(new URL('apply-child.ts', import.meta.url));

  it.each(places)('$name', { timeout: 3_600_000 }, async ({ name, open, isFolder = false }) => {
    const kills = sized(isFolder ? 2 : 3, 120);
    const seed = seedOf();
    const random = new Random(seed);
    const since = performance.now();
    let core = await startCore();
    const faults = await open(core);
    const found = { before: 0, after: 0, between: 0, ended: 0 };
    let next = 1;
    for (let count = 0; count < kills; count += 1) {
      await core.close();
      const directory = copyOf(core.dataDirectory);
      const last = await killed(core, directory, next, { random, faults, start });
      core = await reopened(core, directory);
      // What was reported is done, and at most the next step was under way.
      const steps: (number | 'between')[] = [];
      for (const vault of VAULTS) {
        steps.push(stepOf(await heldBy(core, vault), vault, { last, isFolder }));
      }
      const done = steps.filter((step) => step === last + 1).length;
      if (last === next + STEPS - 1) found.ended += 1;
      else if (done === 0 && !steps.includes('between')) found.before += 1;
      else found[done === VAULTS.length ? 'after' : 'between'] += 1;
      await finish(core, last + 1);
      for (const vault of VAULTS) {
        expect(await heldBy(core, vault)).toEqual(valuesAt(vault, last + 1));
      }
      next = last + 2;
    }
    const seconds = Math.round((performance.now() - since) / 100) / 10;
    expect(found.before + found.after + found.between).toBeGreaterThan(0);
    printFigures(`Killed while applying ${name}`, { seed, kills, ...found, seconds });
  });
});
