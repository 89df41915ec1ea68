/** `strongroom open` */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { AppError } from '@shared/errors';
import type { Context } from '../context';

/** Runs the browser host until its window is closed or it is stopped. Returns its exit code. */
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
  const program = fileURLToPath(new URL('browser.js', terminal.programs));
  const child = spawn(process.execPath, [program, '--open', '--data-dir', dataDirectory], {
    cwd: terminal.cwd,
    env: terminal.env,
    // A window is no data.
    stdio: ['inherit', 2, 2],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
