/** For tests: the app of a command, in this process. */
import { onTestFinished } from 'vitest';
import type { Core } from '@core/core';
import { openWindowCore } from '@main/open-core';
import type { TestCommand } from './command';

/** Opens the data directory of a command as the app does, until the test has ended. */
export async function openApp({ dataDirectory, keychain }: TestCommand): Promise<Core> {
  const core = await openWindowCore({
    host: 'desktop',
    version: '1.0.0',
    dataDirectory,
    keychain,
    report: () => undefined,
  });
  onTestFinished(() => core.close());
  return core;
}
