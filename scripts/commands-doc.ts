/** `npm run docs:commands`: writes docs/guide/commands.md from the tree of commands. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { format } from 'prettier';
import { main as strongroom } from '../src/cli/main';
import { root } from './lib/paths.mjs';

/** The page as it should be. */
export async function renderCommandsPage(): Promise<string> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const page = text(stdout);
  await strongroom(['guide', '--commands'], {
    stdin,
    stdout,
    stderr,
    env: {},
    cwd: root,
    pid: process.pid,
    signal: new AbortController().signal,
  });
  stdout.end();
  return format(await page, { parser: 'markdown', printWidth: 100 });
}

export const commandsPage = join(root, 'docs', 'guide', 'commands.md');

export async function main(): Promise<void> {
  writeFileSync(commandsPage, await renderCommandsPage());
}
