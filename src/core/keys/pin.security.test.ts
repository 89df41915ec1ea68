/** A PIN beside the keychain: neither opens anything without the other, and wrong PINs cost time. */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { TestCore } from '@test/support/core';
import { beforeDiskSteps } from '@test/support/disk-steps';
import { failureOf } from '@test/support/failure-of';
import { FakeRuntime } from '@test/support/fake-runtime';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { MasterKey } from './master-key';
import { unwrapKey, wrappedKeySchema } from './passphrase';
import type * as passphrases from './passphrase';

vi.mock('./passphrase', async (original) => ({
  ...(await original<typeof passphrases>()),
  PASSPHRASE_COST: { N: 2 ** 14, r: 8, p: 1 },
}));

const PIN = '4711';
const SECOND = 1000;
const MINUTE = 60 * SECOND;

async function opened(runtime?: FakeRuntime) {
  const core = new TestCore(temporaryDirectory(), runtime);
  await core.start();
  onTestFinished(() => core.close());
  const id = await core.create('local', { API_KEY: 'sk-local' });
  return { core, id };
}

/** A core with something sealed, and a PIN beside the keychain. */
async function withPin(runtime?: FakeRuntime) {
  const { core, id } = await opened(runtime);
  const before = [...core.keychain.entries.values()];
  await core.client.security.choose({ choice: { mode: 'pin', passphrase: PIN } });
  return { core, id, before };
}

const wrappedIn = (core: TestCore) =>
  z
    .object({ wrapped: wrappedKeySchema })
    .parse(JSON.parse(readFileSync(join(core.dataDirectory, 'key.json'), 'utf8'))).wrapped;

const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
  z.object({ code: z.string() }).parse(await failureOf(work)).code;

describe('the data directory and the PIN', () => {
  it('open nothing without the keychain, and show nobody whether a PIN is right', async () => {
    const { core } = await withPin();
    const [beside = ''] = core.keychain.entries.values();
    core.keychain.entries.clear();
    await core.restart();
    expect(await codeOf(core.client.security.unlock({ passphrase: PIN }))).toBe('KEY_MISSING');
    const wrapped = wrappedIn(core);
    expect(await codeOf(unwrapKey(wrapped, PIN))).toBe('WRONG_PASSPHRASE');
    const other = MasterKey.generate();
    expect(await codeOf(unwrapKey(wrapped, PIN, other))).toBe('WRONG_PASSPHRASE');
    const right = MasterKey.from(Buffer.from(beside, 'base64'));
    expect(await unwrapKey(wrapped, PIN, right)).toBeInstanceOf(MasterKey);
  });
});

describe('the data directory and the keychain', () => {
  it('open nothing without the PIN', async () => {
    const { core, id } = await withPin();
    await core.restart();
    expect(await codeOf(core.client.environments.revealAll({ id }))).toBe('KEY_LOCKED');
    expect(await codeOf(core.client.security.unlock({}))).toBe('WRONG_PASSPHRASE');
    expect(await codeOf(core.client.security.unlock({ passphrase: '4712' }))).toBe(
      'WRONG_PASSPHRASE',
    );
    await core.client.security.unlock({ passphrase: PIN });
    expect(await core.values(id)).toEqual({ API_KEY: 'sk-local' });
  });

  it('open nothing with what the keychain had before', async () => {
    const { core, before } = await withPin();
    const now = [...core.keychain.entries.values()];
    expect(now).toHaveLength(1);
    expect(before).toHaveLength(1);
    expect(now).not.toEqual(before);
  });

  it('need the PIN after Lock', async () => {
    const { core, id } = await withPin();
    await core.client.security.lock();
    expect(await codeOf(core.client.security.unlock({}))).toBe('WRONG_PASSPHRASE');
    expect((await core.client.security.protection()).shut).toBe(true);
    await core.client.security.unlock({ passphrase: PIN });
    expect(await core.values(id)).toEqual({ API_KEY: 'sk-local' });
  });

  it('need the PIN for another protection', async () => {
    const { core } = await withPin();
    const choice = { mode: 'keychain' } as const;
    expect(await codeOf(core.client.security.choose({ choice }))).toBe('WRONG_PASSPHRASE');
    await core.client.security.choose({ choice, current: PIN });
    expect(core.keychain.entries.size).toBe(1);
  });
});

describe('a wrong PIN', () => {
  it('costs more and more time, also after a restart, and even the right one has to wait', async () => {
    const runtime = new FakeRuntime();
    const { core, id } = await withPin(runtime);
    await core.restart();
    const guess = (passphrase: string): Promise<unknown> =>
      codeOf(core.client.security.unlock({ passphrase }));
    for (let wrong = 0; wrong < 5; wrong += 1) expect(await guess('0000')).toBe('WRONG_PASSPHRASE');
    expect(await guess(PIN)).toBe('UNLOCK_PAUSED');
    await core.restart();
    expect(await guess(PIN)).toBe('UNLOCK_PAUSED');
    await runtime.advance(29 * SECOND);
    expect(await guess(PIN)).toBe('UNLOCK_PAUSED');
    await runtime.advance(SECOND);
    expect(await guess('0000')).toBe('WRONG_PASSPHRASE');
    for (const pause of [MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 60 * MINUTE]) {
      await runtime.advance(pause - SECOND);
      expect(await guess(PIN)).toBe('UNLOCK_PAUSED');
      await runtime.advance(SECOND);
      expect(await guess('0000')).toBe('WRONG_PASSPHRASE');
    }
    await runtime.advance(60 * MINUTE);
    await core.client.security.unlock({ passphrase: PIN });
    expect(await core.values(id)).toEqual({ API_KEY: 'sk-local' });
    // The right one ends it.
    await core.restart();
    expect(await guess('0000')).toBe('WRONG_PASSPHRASE');
    await core.client.security.unlock({ passphrase: PIN });
  });

  it('counts before it is tried, so that many at once gain nothing', async () => {
    const { core } = await withPin(new FakeRuntime());
    await core.restart();
    const codes = await Promise.all(
      Array.from({ length: 20 }, () => codeOf(core.client.security.unlock({ passphrase: '0000' }))),
    );
    expect(codes.filter((code) => code === 'WRONG_PASSPHRASE')).toHaveLength(5);
    expect(codes.filter((code) => code === 'UNLOCK_PAUSED')).toHaveLength(15);
  });

  it('is no guess if nobody can tell, because the keychain does not answer', async () => {
    const { core } = await withPin(new FakeRuntime());
    await core.restart();
    core.keychain.problem = 'The keychain is locked.';
    for (let times = 0; times < 9; times += 1) {
      expect(await codeOf(core.client.security.unlock({ passphrase: PIN }))).toBe(
        'KEYCHAIN_FAILED',
      );
    }
    core.keychain.problem = undefined;
    await core.client.security.unlock({ passphrase: PIN });
  });
});

it('a forgotten PIN leads to a new key, while guesses are paused too', async () => {
  const { core, id } = await withPin(new FakeRuntime());
  await core.restart();
  for (let wrong = 0; wrong < 6; wrong += 1) {
    await failureOf(core.client.security.unlock({ passphrase: '0000' }));
  }
  await core.client.security.startOver({ choice: { mode: 'pin', passphrase: 'another' } });
  expect(await codeOf(core.client.environments.revealAll({ id }))).toBe('CREDENTIALS_UNREADABLE');
  await core.restart();
  await core.client.security.unlock({ passphrase: 'another' });
});

it('a crash at any step of the choice leaves one protection that opens everything', async () => {
  const { core, id } = await opened();
  const copies: { readonly directory: string; readonly entries: [string, string][] }[] = [];
  const directory = temporaryDirectory();
  let isCopying = false;
  let last = '';
  const stop = beforeDiskSteps(() => {
    if (isCopying) return;
    isCopying = true;
    const entries = [...core.keychain.entries];
    const files = ['key.json', 'key.json.copy'].map((name) =>
      readFileSync(join(core.dataDirectory, name), 'utf8'),
    );
    const state = JSON.stringify([entries, files]);
    if (state !== last) {
      const copy = join(directory, String(copies.length));
      cpSync(core.dataDirectory, copy, { recursive: true });
      copies.push({ directory: copy, entries });
    }
    last = state;
    isCopying = false;
  });
  const { security } = core.client;
  await security.choose({ choice: { mode: 'pin', passphrase: PIN } });
  await security.choose({ choice: { mode: 'pin', passphrase: 'another' }, current: PIN });
  await security.choose({ choice: { mode: 'keychain' }, current: 'another' });
  stop();
  expect(copies.length).toBeGreaterThan(5);
  const modes = new Set<string>();
  for (const copy of copies) {
    const again = new TestCore(copy.directory);
    for (const [account, key] of copy.entries) again.keychain.entries.set(account, key);
    await again.start();
    const { mode } = await again.client.security.protection();
    modes.add(mode);
    if (mode === 'pin') {
      await again.client.security
        .unlock({ passphrase: PIN })
        .catch(() => again.client.security.unlock({ passphrase: 'another' }));
    }
    expect(await again.values(id)).toEqual({ API_KEY: 'sk-local' });
    await again.close();
  }
  expect([...modes].toSorted()).toEqual(['keychain', 'pin']);
});
