import { describe, expect, it } from 'vitest';
import { TestCore } from '@test/support/core';
import { FakeRuntime } from '@test/support/fake-runtime';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { onTestFinished } from 'vitest';

const MINUTE = 60_000;

async function started() {
  const runtime = new FakeRuntime();
  const core = new TestCore(temporaryDirectory(), runtime);
  await core.start();
  onTestFinished(() => core.close());
  return { runtime, core, client: core.client };
}

describe('Lock when nobody uses the window', () => {
  it('comes as late as the settings say, counted from the last use', async () => {
    const { runtime, core, client } = await started();
    await client.app.savePreferences({ lockAfterMinutes: 5 });
    await runtime.advance(4 * MINUTE);
    await client.security.active();
    await runtime.advance(4 * MINUTE);
    expect(core.core.security.isShut()).toBe(false);
    await runtime.advance(MINUTE);
    expect(core.core.security.isShut()).toBe(true);
    await expect(client.workspaces.list()).rejects.toMatchObject({ code: 'LOCKED' });
    await client.security.unlock({});
    await runtime.advance(5 * MINUTE);
    expect(core.core.security.isShut()).toBe(true);
  });

  it('never comes unless somebody chose it, and no more once that is taken back', async () => {
    const { runtime, core, client } = await started();
    await runtime.advance(24 * 60 * MINUTE);
    expect(core.core.security.isShut()).toBe(false);
    await client.app.savePreferences({ lockAfterMinutes: 15 });
    await client.app.savePreferences({ lockAfterMinutes: 0 });
    await runtime.advance(24 * 60 * MINUTE);
    expect(core.core.security.isShut()).toBe(false);
  });
});
