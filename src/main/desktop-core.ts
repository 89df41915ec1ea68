/** The program of the desktop app's core. The app starts it, and Lock replaces it. */
import { leaveMemoryOutOfCoreDumps } from '@core/secrets/core-dumps';
import { linkToHost, runDesktopCore } from './hosts/desktop/core-side';
import { watchForFaults } from './hosts/faults';
import { reportTo } from './hosts/report';
import { openDesktopCore } from './open-desktop-core';

// Chromium starts this process, from one that began before the app could say so.
leaveMemoryOutOfCoreDumps();

const report = reportTo(process.stderr);
watchForFaults(process, report, () => process.exit(1));
// A terminal sends these to every process of the app. The host decides what follows.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

runDesktopCore({
  link: linkToHost(process.parentPort),
  openCore: openDesktopCore(report),
  exit: (code) => process.exit(code),
  report,
});
