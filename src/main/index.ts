/** Entry of the desktop host. */
import { fileURLToPath } from 'node:url';
import * as electron from 'electron';
import { createOsKeychain } from '@core/keys/os-keychain';
import { watchForFaults } from './hosts/desktop/faults';
import { startDesktopHost } from './hosts/desktop/start';
import { endDespite } from './hosts/end-despite';
import { createRendererFiles } from './hosts/renderer-files';
import { openWindowCore } from './open-core';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const report = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

watchForFaults(process, electron, report);

const keychain = createOsKeychain();
endDespite(keychain);

// Not awaited: Electron becomes ready only once this module has been evaluated.
void startDesktopHost({
  electron,
  openCore: (options) => openWindowCore({ ...options, keychain, report }),
  rendererFiles: createRendererFiles(at('../renderer')),
  preload: at('../preload/index.cjs'),
  argv: process.argv,
  platform: process.platform,
  devServerUrl: process.env['ELECTRON_RENDERER_URL'],
  report,
});
