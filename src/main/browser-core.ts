/** The program of the browser host's core. The browser host starts it, and Lock replaces it. */
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { version } from '../../package.json';
import { createWindowRouter } from '@server/window/router';
import { createOsKeychain } from '@core/keys/os-keychain';
import { linkToHost } from './hosts/browser/core-process';
import { createBrowserHost } from './hosts/browser/host';
import { Sessions } from './hosts/browser/sessions';
import { createCommandLink } from './hosts/command-link';
import { runCore } from './hosts/core-process/core-side';
import { endDespite } from './hosts/end-despite';
import { watchForFaults } from './hosts/faults';
import { reportTo } from './hosts/report';
import { openWindowCore } from './open-core';
import { releaseFeed } from './release-feed';

const IDLE_AFTER_MS = 30 * 60_000;

const report = reportTo(process.stderr);
watchForFaults(process, report, () => process.exit(1));
// A terminal sends these to every process of the app. The host decides what follows.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

runCore({
  link: linkToHost(),
  openCore: async ({ dataDirectory }, common) => {
    const keychain = createOsKeychain();
    endDespite(keychain);
    return openWindowCore({
      ...common,
      host: 'browser',
      version,
      dataDirectory,
      isDirectoryLocked: true,
      keychain,
      releaseFeed,
      commandLink: createCommandLink({
        command: at('../../bin/strongroom.js'),
        home: homedir(),
        platform: process.platform,
        path: async () => process.env['PATH'] ?? '',
      }),
      report,
    });
  },
  serve: (core, { port, known }, tell) => {
    const sessions = new Sessions(known, (token, session) => {
      tell({ kind: 'session', token, session });
    });
    const host = createBrowserHost({
      router: createWindowRouter(core),
      look: core.preferencesOfHost,
      rendererDirectory: at('../renderer'),
      port,
      sessions,
      idleAfterMs: IDLE_AFTER_MS,
      onIdle: () => {
        tell({ kind: 'idle' });
      },
      report,
    });
    return {
      ...host,
      hear: (note) => {
        if (note.kind === 'launch') sessions.expect(note.token);
      },
    };
  },
  exit: (code) => process.exit(code),
  report,
});
