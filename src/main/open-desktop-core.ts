/** How the desktop app opens its core, in whichever process. */
import { homedir } from 'node:os';
import { createOsKeychain } from '@core/keys/os-keychain';
import { systemRuntime } from '@core/runtime';
import { createCommandLink } from './hosts/command-link';
import type { DesktopCore } from './hosts/desktop/core-side';
import { loginPathOnce } from './hosts/desktop/login-path';
import { endDespite } from './hosts/end-despite';
import { releaseFeed } from './release-feed';
import type { Report } from './hosts/report';
import { openWindowCore } from './open-core';

const runtime = { ...systemRuntime, loginPath: loginPathOnce() };
const keychain = createOsKeychain();
endDespite(keychain);

export const openDesktopCore =
  (report: Report): DesktopCore['openCore'] =>
  (options, { path, isLasting }) =>
    openWindowCore({
      ...options,
      keychain,
      releaseFeed,
      commandLink: createCommandLink({
        command: path,
        isLasting,
        home: homedir(),
        platform: process.platform,
        path: async () => (await runtime.loginPath()) ?? process.env['PATH'] ?? '',
      }),
      report,
      runtime,
    });
