/** Unsaved edits over Lock: sealed on the disk, back in their window, and never lost. */
import { randomUUID } from 'node:crypto';
import { createRouterClient } from '@orpc/server';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAgentRouter } from '@server/agent/router';
import { adding, startCore, TestCore } from '@test/support/core';
import { FakeRuntime } from '@test/support/fake-runtime';
import { filesHolding } from '@test/support/files-holding';
import { temporaryDirectory } from '@test/support/temporary-directory';
import type { HeldEdits } from '@shared/model/kept-edits';

const TYPED = 'sk-typed-and-not-saved';
const MINUTE = 60_000;

const changes = adding({ API_KEY: TYPED });

/** A window, as the core knows it. */
function attend(core: TestCore, id: string = randomUUID()) {
  const gone = new AbortController();
  const heard = core.core.edits.attend(id, gone.signal);
  return {
    id,
    heard,
    close: () => {
      gone.abort();
    },
    hold: (environment: string, edits: HeldEdits | null) =>
      core.client.edits.hold({ window: id, id: environment, edits }),
    take: () => core.client.edits.take({ window: id, workspaceId: core.workspaceId }),
  };
}

/** A core whose window has unsaved edits of an environment. */
async function withEdits(runtime?: FakeRuntime) {
  const core = new TestCore(temporaryDirectory(), runtime);
  await core.start();
  onTestFinished(() => core.close());
  const id = await core.create('local', { LOG: 'info' });
  const edits = { base: await core.base(id), changes };
  const window = attend(core);
  await window.hold(id, edits);
  return { core, id, edits, window };
}

const onDisk = (core: TestCore): Promise<string[]> =>
  filesHolding(core.dataDirectory, Buffer.from(TYPED));

const keptRows = (core: TestCore): boolean => core.core.edits.areKept();

describe('Lock', () => {
  it('seals unsaved edits, and gives them back to their window after the unlock', async () => {
    const { core, id, edits, window } = await withEdits();
    await core.client.security.lock();
    expect(await onDisk(core)).toEqual([]);
    await core.restart();
    await core.client.security.unlock({});
    const again = attend(core, window.id);
    expect(await again.take()).toEqual([{ id, ...edits }]);
    await again.hold(id, edits);
    expect(keptRows(core)).toBe(false);
    expect(await core.client.environments.save({ id, ...edits })).toMatchObject({
      variables: [{ key: 'LOG' }, { key: 'API_KEY' }],
    });
  });

  it('forgets the edits in memory, also if nothing can be stored', async () => {
    const core = await startCore();
    await core.client.security.choose({ choice: { mode: 'session' } });
    const id = await core.create('local');
    await attendAndHold(core, id);
    expect(core.core.edits.areHeld()).toBe(true);
    await core.client.security.lock();
    expect(core.core.edits.areHeld()).toBe(false);
  });

  it('gives each window its own edits, and those of a window that is gone to the first that asks', async () => {
    const { core, id, edits, window } = await withEdits();
    const other = attend(core);
    const gone = attend(core);
    const second = await core.create('second');
    await other.hold(second, { base: await core.base(second), changes: adding({ A: 'other' }) });
    await gone.hold(second, { base: await core.base(second), changes: adding({ B: 'gone' }) });
    await core.client.security.lock();
    await core.restart();
    await core.client.security.unlock({});
    const back = attend(core, window.id);
    const otherBack = attend(core, other.id);
    expect(await otherBack.take()).toMatchObject([{ id: second, changes: adding({ A: 'other' }) }]);
    expect((await back.take()).map(({ changes: { additions } }) => additions[0]?.key)).toEqual([
      'API_KEY',
      'B',
    ]);
    // Nobody gets what another window has been given.
    expect(await otherBack.take()).toEqual([]);
    await back.hold(id, edits);
  });

  it('gives edits of an environment that has some already when those are gone', async () => {
    const { core, id, edits, window } = await withEdits();
    const gone = attend(core);
    await gone.hold(id, { ...edits, changes: adding({ B: 'gone' }) });
    await core.client.security.lock();
    await core.restart();
    await core.client.security.unlock({});
    const back = attend(core, window.id);
    expect(await back.take()).toEqual([{ id, ...edits }]);
    expect(await back.hold(id, edits)).toEqual({ more: true });
    expect(await back.take()).toEqual([]);
    expect(await back.hold(id, null)).toEqual({ more: true });
    expect(await back.take()).toMatchObject([{ id, changes: adding({ B: 'gone' }) }]);
    expect(await back.hold(id, null)).toEqual({ more: false });
    expect(keptRows(core)).toBe(false);
  });

  it('keeps edits on the disk until a window has them, whatever crashes in between', async () => {
    const { core, id, edits, window } = await withEdits();
    // The process is killed after the edits were sealed, and before the lock.
    await core.core.edits.keep();
    await core.restart();
    const killed = attend(core, window.id);
    expect(await killed.take()).toEqual([{ id, ...edits }]);
    // Killed again, before the window has them.
    await core.restart();
    const page = attend(core, window.id);
    expect(await page.take()).toEqual([{ id, ...edits }]);
    // The page crashes.
    page.close();
    const next = attend(core);
    expect(await next.take()).toEqual([{ id, ...edits }]);
    await next.hold(id, edits);
    await core.restart();
    expect(await attend(core).take()).toEqual([]);
  });

  it('keeps edits behind a passphrase', async () => {
    const { core, id, edits, window } = await withEdits();
    const passphrase = 'correct horse';
    await core.client.security.choose({ choice: { mode: 'passphrase', passphrase } });
    await core.client.security.lock();
    await core.restart();
    await expect(attend(core, window.id).take()).rejects.toMatchObject({ code: 'KEY_LOCKED' });
    await core.client.security.unlock({ passphrase });
    expect(await attend(core, window.id).take()).toEqual([{ id, ...edits }]);
  });

  it('keeps edits over a new key', async () => {
    const { core, id, edits, window } = await withEdits();
    await core.core.edits.keep();
    await core.client.security.replaceKey({});
    await core.restart();
    expect(await attend(core, window.id).take()).toEqual([{ id, ...edits }]);
  });

  it('does not come for a person if edits cannot be stored, but comes for a program', async () => {
    const { core, id } = await withEdits();
    await core.restart();
    await attendAndHold(core, id);
    core.keychain.entries.clear();
    await expect(core.client.security.lock()).rejects.toMatchObject({ code: 'KEY_MISSING' });
    expect(core.core.security.isShut()).toBe(false);
    const program = createRouterClient(createAgentRouter(core.core), {
      context: { caller: { kind: 'cli' } },
    });
    await program.security.lock();
    expect(core.core.security.isShut()).toBe(true);
  });
});

async function attendAndHold(core: TestCore, id: string): Promise<void> {
  await attend(core).hold(id, { base: '', changes });
}

describe('Lock automatically', () => {
  it('keeps unsaved edits', async () => {
    const runtime = new FakeRuntime();
    const { core, id, edits, window } = await withEdits(runtime);
    await core.client.app.savePreferences({ lockAfterMinutes: 5 });
    await runtime.advance(5 * MINUTE);
    expect(core.core.security.isShut()).toBe(true);
    await core.client.security.unlock({});
    expect(await window.take()).toEqual([{ id, ...edits }]);
  });

  it('does not come while everything is in memory only, and says so', async () => {
    const runtime = new FakeRuntime();
    const core = await startCore(runtime);
    await core.client.security.choose({ choice: { mode: 'session' } });
    const id = await core.create('local', { API_KEY: TYPED });
    const { heard } = attend(core);
    await heard.next();
    const told = heard.next();
    await core.client.app.savePreferences({ lockAfterMinutes: 5 });
    await runtime.advance(5 * MINUTE);
    expect(core.core.security.isShut()).toBe(false);
    expect(await told).toMatchObject({ done: false });
    expect((await core.client.app.info()).notices).toMatchObject([
      { title: 'Strongroom did not lock by itself' },
    ]);
    expect(await core.values(id)).toEqual({ API_KEY: TYPED });
    // A person can.
    await core.client.security.lock();
    expect(core.core.security.isShut()).toBe(true);
  });

  it('does not come if unsaved edits cannot be stored, and tries again later', async () => {
    const runtime = new FakeRuntime();
    const { core, id } = await withEdits(runtime);
    await core.restart();
    const window = attend(core);
    await window.hold(id, { base: '', changes });
    await window.heard.next();
    const told = window.heard.next();
    const entries = new Map(core.keychain.entries);
    core.keychain.entries.clear();
    await core.client.app.savePreferences({ lockAfterMinutes: 5 });
    await runtime.advance(5 * MINUTE);
    expect(await told).toMatchObject({ done: false });
    expect(core.core.security.isShut()).toBe(false);
    for (const [account, key] of entries) core.keychain.entries.set(account, key);
    await runtime.advance(5 * MINUTE);
    await vi.waitFor(() => {
      expect(core.core.security.isShut()).toBe(true);
    });
    expect(core.core.edits.areKept()).toBe(true);
  });
});

describe('a window that closes', () => {
  it('takes its unsaved edits with it, as the person has agreed to', async () => {
    const { core, window } = await withEdits();
    window.close();
    expect(core.core.edits.areHeld()).toBe(false);
    await core.client.security.lock();
    expect(keptRows(core)).toBe(false);
  });
});
