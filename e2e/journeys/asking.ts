/** A program that wants to use a grant which asks a person, for journeys about that. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCommand, type Command } from '../command';
import { expect, test as base } from './support';

export { expect };

export interface Asking {
  /** The paths that arrived at the service. */
  readonly arrived: readonly string[];
  /** Starts a request with the grant, which asks for each use. */
  request(path: string, ...more: readonly string[]): Command;
}

export const test = base.extend<{ asking: Asking }>({
  asking: async ({ app, ui }, use, info) => {
    // Each command is another process, which takes its time on a busy machine.
    info.slow();
    const folder = await mkdtemp(join(tmpdir(), 'strongroom-passphrase-'));
    const file = join(folder, 'passphrase');
    await writeFile(file, 'correct horse battery staple', { mode: 0o600 });
    const arrived: string[] = [];
    const server = createServer((request, response) => {
      arrived.push(`${request.method ?? ''} ${request.url ?? ''}`);
      response.end('the answer');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const running: Command[] = [];
    const start = (args: readonly string[], stdin?: string): Command => {
      const command = startCommand(app.dataDirectory, args, {
        stdin,
        env: { STRONGROOM_PASSPHRASE_FILE: file },
      });
      running.push(command);
      return command;
    };
    // There is no keychain, so a passphrase protects the credential.
    await start(['unlock']).ended;
    await ui.page.reload();
    await ui.ready();
    const { code, err } = await start(
      ['grant', 'create', '--name', 'stripe', '--host', url, '--value', '-', '--ask'],
      'sk-live-4242424242\n',
    ).ended;
    expect(code, err).toBe(0);
    await use({
      arrived,
      request: (path, ...more) => start(['request', 'stripe', 'GET', `${url}${path}`, ...more]),
    });
    for (const command of running) command.interrupt();
    await Promise.all(running.map(({ ended }) => ended));
    server.close();
    await rm(folder, { recursive: true });
  },
});
