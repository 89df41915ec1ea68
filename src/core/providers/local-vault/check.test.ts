/** Test Connection of the local vault, on a disk and with a keychain that have real faults. */
import { chmodSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckStep } from '@shared/model/connection';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { seal } from '@core/keys/envelope';
import { createKeyStore, type KeyStore } from '@core/keys/key-store';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { mapDocument, textEntry } from '@core/secrets/document';
import { filesIn, temporaryDirectory } from '@test/support/temporary-directory';
import type { SecretsProvider } from '../provider';
import { createLocalVaultFactory } from './factory';

const { signal } = new AbortController();

let directory: string;
let keychain: MemoryKeychain;
let keys: KeyStore;
let vault: SecretsProvider;

function start(): void {
  keys = createKeyStore({ dataDirectory: directory, keychain });
  vault = createLocalVaultFactory({ dataDirectory: directory, keys }).create({
    values: { autoSync: true, folder: '/' },
    credentials: {},
  });
}

beforeEach(async () => {
  directory = temporaryDirectory();
  keychain = new MemoryKeychain();
  start();
  await vault.write('a', mapDocument([['KEY', textEntry('s3cr3t')]]), null, { signal });
});

const file = (): string => join(directory, 'local-vault.enc');

async function ends(): Promise<Record<string, CheckStep>> {
  const last: Record<string, CheckStep> = {};
  for await (const step of vault.check({ signal })) last[step.id] = step;
  return last;
}

/** The superuser may read and write anything, so the tests are somebody else for as long. */
function asSomebodyElse(): void {
  const { geteuid, seteuid } = process;
  if (geteuid === undefined || seteuid === undefined || geteuid() !== 0) return;
  seteuid(65_534);
  onTestFinished(() => seteuid(0));
}

interface Fault {
  readonly name: string;
  readonly step: 'file' | 'key' | 'writable';
  readonly code: string;
  readonly message: RegExp;
  readonly remedy: RegExp;
  readonly cause: () => void | Promise<void>;
}

const faults: readonly Fault[] = [
  {
    name: 'a file that may not be read',
    step: 'file',
    code: 'LOCAL_VAULT_UNREADABLE',
    message: /may not be read by this user/,
    remedy: /right to read and write it/,
    cause: () => {
      chmodSync(directory, 0o777);
      chmodSync(file(), 0);
      asSomebodyElse();
    },
  },
  {
    name: 'a folder in place of the file',
    step: 'file',
    code: 'LOCAL_VAULT_UNREADABLE',
    message: /is a folder/,
    remedy: /Move the folder away/,
    cause: () => {
      rmSync(file());
      mkdirSync(file());
    },
  },
  {
    name: 'a damaged file',
    step: 'key',
    code: 'LOCAL_VAULT_UNREADABLE',
    message: /cannot be decrypted/,
    remedy: /Restore it from a backup, or move it away/,
    cause: () => {
      truncateSync(file(), 40);
    },
  },
  {
    name: 'a file of a newer version',
    step: 'key',
    code: 'DATA_TOO_NEW',
    message: /written by a newer version/,
    remedy: /Install the newest version/,
    cause: async () => {
      writeFileSync(file(), seal(await keys.key(), 'local-vault', '{"version":3}'));
    },
  },
  {
    name: 'a key that is gone from the keychain',
    step: 'key',
    code: 'KEY_MISSING',
    message: /key of the local vault is no longer in the keychain/,
    remedy: /from a backup: nothing else opens the file/,
    cause: () => {
      keychain.entries.clear();
      start();
    },
  },
  {
    name: 'a keychain that is locked',
    step: 'key',
    code: 'KEYCHAIN_FAILED',
    message: /./,
    remedy: /Unlock the keychain/,
    cause: () => {
      keychain.problem = 'locked';
      start();
    },
  },
  {
    name: 'a passphrase that has not been entered',
    step: 'key',
    code: 'KEY_LOCKED',
    message: /locked/,
    remedy: /Enter your passphrase/,
    cause: async () => {
      await keys.choose({ mode: 'passphrase', passphrase: 'a long passphrase of mine' });
      keys.lock();
    },
  },
  {
    name: 'a folder that may not be written',
    step: 'writable',
    code: 'STORAGE_FAILED',
    message: /cannot be written\. Permission was denied/,
    remedy: /folder belongs to you/,
    cause: () => {
      chmodSync(file(), 0o644);
      chmodSync(directory, 0o555);
      asSomebodyElse();
    },
  },
];

describe('Test Connection of the local vault', () => {
  it.each(faults)('says of $name what it is and what to do', async (fault) => {
    await fault.cause();
    const steps = await ends();
    const order = ['file', 'key', 'writable'];
    const at = order.indexOf(fault.step);
    expect(order.map((id) => steps[id]?.status)).toEqual(
      order.map((_, index) => (index < at ? 'passed' : index === at ? 'failed' : 'not-reached')),
    );
    expect(steps[fault.step]?.error).toMatchObject({
      code: fault.code,
      message: expect.stringMatching(fault.message),
      hint: expect.stringMatching(fault.remedy),
    });
    expect(JSON.stringify(steps)).not.toContain('s3cr3t');
  });

  it('leaves nothing behind', async () => {
    const before = filesIn(directory);
    expect(Object.values(await ends()).map(({ status }) => status)).toEqual([
      'passed',
      'passed',
      'passed',
    ]);
    expect(filesIn(directory)).toEqual(before);
  });

  it('says in a session how to keep what is in memory', async () => {
    directory = temporaryDirectory();
    start();
    await keys.choose({ mode: 'session' });
    const { file: step } = await ends();
    expect(step).toMatchObject({
      status: 'warned',
      error: {
        hint: 'To keep them, choose a passphrase or the keychain.',
        remedy: { open: 'protection' },
      },
    });
  });
});
