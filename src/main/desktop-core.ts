/** The program of the desktop app's core. The app starts it, and Lock replaces it. */
import { homedir } from 'node:os';
import { createOsKeychain } from '@core/keys/os-keychain';
import { systemRuntime } from '@core/runtime';
import { createCommandLink } from './hosts/command-link';
import { linkToHost, runDesktopCore } from './hosts/desktop/core-process';
import { loginPathOnce } from './hosts/desktop/login-path';
import { endDespite } from './hosts/end-despite';
import { watchForFaults } from './hosts/faults';
import { reportTo } from './hosts/report';
import { openWindowCore } from './open-core';

const report = reportTo(process.stderr);
watchForFaults(process, report, () => process.exit(1));
// A terminal sends these to every process of the app. The host decides what follows.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

const runtime = { ...systemRuntime, loginPath: loginPathOnce() };
const keychain = createOsKeychain();
endDespite(keychain);

runDesktopCore({
  link: linkToHost(process.parentPort),
  openCore: (options, { path, isLasting }) =>
    openWindowCore({
      ...options,
      keychain,
      commandLink: createCommandLink({
        command: path,
        isLasting,
        home: homedir(),
        platform: process.platform,
        path: async () => (await runtime.loginPath()) ?? process.env['PATH'] ?? '',
      }),
      report,
      runtime,
    }),
  exit: (code) => process.exit(code),
  report,
});
