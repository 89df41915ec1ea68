/** Entry of the desktop host. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as electron from 'electron';
import { z } from 'zod';
import { leaveMemoryOutOfCoreDumps } from '@core/secrets/core-dumps';
import { startCoreProcess, type DesktopCoreProcess } from './hosts/desktop/core-process';
import { coreWithin, memoryNotice, orWithin } from './hosts/desktop/core-within';
import { endAfterFault } from './hosts/desktop/faults';
import { startDesktopHost } from './hosts/desktop/start';
import { watchForFaults } from './hosts/faults';
import { createRendererFiles } from './hosts/renderer-files';
import { reportTo } from './hosts/report';
import { lockDirectory } from './lock-directory';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

leaveMemoryOutOfCoreDumps();

const report = reportTo(process.stderr);

watchForFaults(process, report, () => {
  endAfterFault(electron);
});

/** Loaded only if the system starts no process for the core. */
const coreHere = async (): Promise<DesktopCoreProcess> => {
  const [{ openDesktopCore }, { runDesktopCore }] = await Promise.all([
    import('./open-desktop-core'),
    import('./hosts/desktop/core-side'),
  ]);
  const open = openDesktopCore(report);
  return coreWithin(runDesktopCore, {
    openCore: async (options, command) => {
      const core = await open(options, command);
      if (options.startsShut === true) core.notices.add(memoryNotice);
      return core;
    },
    report,
  });
};

/** What `npm run package` writes into the package that its journeys debug. It is in no package for people. */
const manifestSchema = z.object({ isDebuggable: z.boolean().optional() });

function isDebuggable(): boolean {
  if (!electron.app.isPackaged) return true;
  const text = readFileSync(join(electron.app.getAppPath(), 'package.json'), 'utf8');
  return manifestSchema.parse(JSON.parse(text)).isDebuggable === true;
}

// Not awaited: Electron becomes ready only once this module has been evaluated.
void startDesktopHost({
  electron,
  lockDirectory: (directory) => lockDirectory(directory, 'desktop'),
  command: {
    // Beside the archive of a package, which only Electron can read.
    path: electron.app.isPackaged
      ? join(process.resourcesPath, 'command', 'bin', 'strongroom')
      : at('../../bin/strongroom.js'),
    // An AppImage is there only while it runs: a link to it would lead nowhere.
    isLasting: process.env['APPIMAGE'] === undefined,
  },
  startCore: () => orWithin(startCoreProcess(electron, at('desktop-core.js')), coreHere, report),
  rendererFiles: createRendererFiles(at('../renderer')),
  preload: at('../preload/index.cjs'),
  argv: process.argv,
  platform: process.platform,
  devServerUrl: process.env['ELECTRON_RENDERER_URL'],
  isDebuggable: isDebuggable(),
  report,
});
