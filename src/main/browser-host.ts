/** The browser host: the app as a local web page, for computers without Electron. */
import type { Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { isAppError } from '@shared/errors';
import { dataDirectoryFrom } from '@core/storage/data-directory';
import type { BrowserNote, BrowserSettings } from './hosts/browser/core-process';
import { writeLaunchFile } from './hosts/browser/launch-file';
import { launchUrl, listen } from './hosts/browser/listener';
import { openAppWindow } from './hosts/browser/open-window';
import { Sessions } from './hosts/browser/sessions';
import { exitCodeOfClosing } from './hosts/closing';
import { CoreKeeper, type CoreProcess } from './hosts/core-process/keeper';
import { watchForFaults } from './hosts/faults';
import { reportTo } from './hosts/report';
import { lockDirectory } from './lock-directory';

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

/** `startCore` starts a process for a core. */
export async function runBrowserHost(
  startCore: () => CoreProcess<BrowserSettings, BrowserNote, Socket>,
): Promise<void> {
  try {
    await run(startCore);
  } catch (error) {
    const isPortTaken =
      error instanceof Error &&
      'code' in error &&
      ['EADDRINUSE', 'EACCES'].includes(String(error.code));
    if (isAppError(error)) say(`${error.message} ${error.hint}`);
    else if (isPortTaken)
      say('This port cannot be used: choose another with --port, or 0 for any.');
    else say(error instanceof Error ? error.message : 'Strongroom could not start.');
    process.exit(1);
  }
}

async function run(
  startCore: () => CoreProcess<BrowserSettings, BrowserNote, Socket>,
): Promise<void> {
  const { port: wanted, dataDirectory, open } = parseCommandLine();
  const sessions = new Sessions();
  const listener = await listen(wanted, (connection) => {
    keeper.hand(connection);
  });
  const { port } = listener;

  let stopping: Promise<never> | undefined;
  const stop = (): void => {
    listener.close();
    stopping ??= exitCodeOfClosing(keeper.close(), say).then((code) => process.exit(code));
  };

  const keeper = new CoreKeeper<BrowserSettings, BrowserNote, Socket>({
    start: startCore,
    settings: () => ({ dataDirectory, port, known: sessions.known }),
    services: {},
    onNote: (note) => {
      if (note.kind === 'session') sessions.add(note.token, note.session);
      if (note.kind !== 'idle') return;
      say('No window has been open for 30 minutes: stopping.');
      stop();
    },
    onGone: (error) => {
      say(isAppError(error) ? `${error.message} ${error.hint}` : 'Strongroom has stopped.');
      process.exit(1);
    },
    drop: (connection) => connection.destroy(),
    report: say,
  });
  const newLink = (): string => {
    const token = sessions.issueLaunchToken();
    keeper.note({ kind: 'launch', token });
    return launchUrl(port, token);
  };

  await keeper.open(() => lockDirectory(dataDirectory, 'browser'));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // The process that started this one with a channel has ended.
  process.on('disconnect', stop);

  if (open) await showApp(newLink);
  else process.stdout.write(`${newLink()}\n`);

  if (process.stdin.isTTY) {
    say('Press Enter for a new link, Ctrl+C to stop.');
    process.stdin.on('data', () => void process.stdout.write(`${newLink()}\n`));
  }
}
