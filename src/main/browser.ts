/** Entry of the browser host: the app as a local web page, for computers without Electron. */
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isAppError } from '@shared/errors';
import { version } from '../../package.json';
import { createWindowRouter } from '@server/window/router';
import { createOsKeychain } from '@core/keys/os-keychain';
import { dataDirectoryFrom } from '@core/storage/data-directory';
import { exitCodeOfClosing } from './hosts/closing';
import { startBrowserHost } from './hosts/browser/host';
import { writeLaunchFile } from './hosts/browser/launch-file';
import { openAppWindow } from './hosts/browser/open-window';
import { createCommandLink } from './hosts/command-link';
import { endDespite } from './hosts/end-despite';
import { watchForFaults } from './hosts/faults';
import { reportTo } from './hosts/report';
import { openWindowCore } from './open-core';

const IDLE_AFTER_MS = 30 * 60_000;

const say = reportTo(process.stderr);
watchForFaults(process, say, () => process.exit(1));

function parseCommandLine(): { port: number; dataDirectory: string; open: boolean } {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      'data-dir': { type: 'string' },
      open: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not “${values.port}”.`);
  }
  return {
    port,
    dataDirectory: dataDirectoryFrom(values['data-dir'], process.env),
    open: values.open,
  };
}

/** Opens the app in its own window; prints the address if that is not possible. */
async function showApp(launchUrl: () => string): Promise<void> {
  const file = await writeLaunchFile(launchUrl());
  process.once('exit', () => {
    file.remove();
  });
  if (!(await openAppWindow(file.url))) process.stdout.write(`${launchUrl()}\n`);
}

async function main(): Promise<void> {
  const { port, dataDirectory, open } = parseCommandLine();
  const keychain = createOsKeychain();
  endDespite(keychain);
  const core = await openWindowCore({
    host: 'browser',
    version,
    dataDirectory,
    keychain,
    commandLink: createCommandLink({
      command: fileURLToPath(new URL('../../bin/strongroom.js', import.meta.url)),
      home: homedir(),
      platform: process.platform,
      path: async () => process.env['PATH'] ?? '',
    }),
    report: say,
  });

  let stopping: Promise<never> | undefined;
  const stop = (): void => {
    stopping ??= exitCodeOfClosing(
      host.close().then(() => core.close()),
      say,
    ).then((code) => process.exit(code));
  };

  const host = await startBrowserHost({
    router: createWindowRouter(core),
    look: core.look,
    rendererDirectory: fileURLToPath(new URL('../renderer', import.meta.url)),
    port,
    idleAfterMs: IDLE_AFTER_MS,
    onIdle: () => {
      say('No window has been open for 30 minutes: stopping.');
      stop();
    },
    report: say,
  }).catch(async (error: unknown) => {
    await core.close();
    throw error;
  });
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // The process that started this one with a channel has ended.
  process.on('disconnect', stop);

  if (open) await showApp(host.launchUrl);
  else process.stdout.write(`${host.launchUrl()}\n`);

  if (process.stdin.isTTY) {
    say('Press Enter for a new link, Ctrl+C to stop.');
    process.stdin.on('data', () => void process.stdout.write(`${host.launchUrl()}\n`));
  }
}

try {
  await main();
} catch (error) {
  const isPortTaken =
    error instanceof Error &&
    'code' in error &&
    ['EADDRINUSE', 'EACCES'].includes(String(error.code));
  if (isAppError(error)) say(`${error.message} ${error.hint}`);
  else if (isPortTaken) say('This port cannot be used: choose another with --port, or 0 for any.');
  else say(error instanceof Error ? error.message : 'Strongroom could not start.');
  process.exit(1);
}
