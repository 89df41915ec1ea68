/** Entry of the desktop host. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as electron from 'electron';
import { createOsKeychain } from '@core/keys/os-keychain';
import { systemRuntime } from '@core/runtime';
import { createCommandLink } from './hosts/command-link';
import { endAfterFault } from './hosts/desktop/faults';
import { loginPathOnce } from './hosts/desktop/login-path';
import { startDesktopHost } from './hosts/desktop/start';
import { endDespite } from './hosts/end-despite';
import { watchForFaults } from './hosts/faults';
import { createRendererFiles } from './hosts/renderer-files';
import { reportTo } from './hosts/report';
import { openWindowCore } from './open-core';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const report = reportTo(process.stderr);

watchForFaults(process, report, () => {
  endAfterFault(electron);
});

const keychain = createOsKeychain();
endDespite(keychain);

const commandLink = createCommandLink({
  // Beside the archive of a package, which only Electron can read.
  command: electron.app.isPackaged
    ? join(process.resourcesPath, 'command', 'bin', 'strongroom')
    : at('../../bin/strongroom.js'),
  // An AppImage is there only while it runs: a link to it would lead nowhere.
  isLasting: process.env['APPIMAGE'] === undefined,
  home: homedir(),
  platform: process.platform,
  path: async () => (await runtime.loginPath()) ?? process.env['PATH'] ?? '',
});

const runtime = { ...systemRuntime, loginPath: loginPathOnce() };

// Not awaited: Electron becomes ready only once this module has been evaluated.
void startDesktopHost({
  electron,
  openCore: (options) => openWindowCore({ ...options, keychain, commandLink, report, runtime }),
  rendererFiles: createRendererFiles(at('../renderer')),
  preload: at('../preload/index.cjs'),
  argv: process.argv,
  platform: process.platform,
  devServerUrl: process.env['ELECTRON_RENDERER_URL'],
  report,
});
