/** `strongroom open` */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withOriginalCoreDumps } from '@core/secrets/core-dumps';
import { AppError } from '@shared/errors';
import type { Context } from '../context';

/** The app on Linux, macOS and Windows, from the programs of the command that lies beside it. */
const APPS = [
  '../../../../strongroom-desktop',
  '../../../../MacOS/Strongroom',
  '../../../../Strongroom.exe',
];

/**
 * Starts the app that the command came with; otherwise runs the browser host until its window is closed or it is
 * stopped. Returns the exit code.
 */
export async function open(context: Context): Promise<number> {
  const { terminal, dataDirectory } = context;
  const host = await context.withCore(
    async ({ client, options }) => (await client.status(undefined, options)).host,
    { asIs: true },
  );
  if (host !== 'cli') {
    await context.output.done({ opened: false, running: true }, 'Strongroom is already open.');
    return 0;
  }
  if (terminal.programs === undefined) throw new AppError('INTERNAL');
  const at = (path: string): string => fileURLToPath(new URL(path, terminal.programs));
  const data = `--data-dir=${dataDirectory}`;
  const browserHost = at('browser.js');
  if (!existsSync(browserHost)) {
    const app = APPS.map(at).find((file) => existsSync(file));
    if (app === undefined) throw new AppError('INTERNAL');
    await started(
      withOriginalCoreDumps(() =>
        spawn(app, [data], {
          cwd: terminal.cwd,
          env: terminal.env,
          // The app goes on when the terminal is closed.
          detached: true,
          stdio: 'ignore',
        }),
      ),
    );
    await context.output.done({ opened: true, running: false }, 'Strongroom opens.');
    return 0;
  }
  const child = withOriginalCoreDumps(() =>
    spawn(process.execPath, [browserHost, '--open', data], {
      cwd: terminal.cwd,
      env: terminal.env,
      // A window is no data.
      stdio: ['inherit', 2, 2],
    }),
  );
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

/** Rejects if the program cannot be started. */
async function started(child: ChildProcess): Promise<void> {
  await once(child, 'spawn');
  child.unref();
}
