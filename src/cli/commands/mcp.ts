/** `strongroom mcp` */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { processSchema } from '@shared/model/caller';
import type { Context } from '../context';
import { createMcpServer } from '../mcp/server';
import { SharedCore } from '../mcp/shared-core';
import { commandFor } from '../remedy';

/** The name of a client that does not say one. */
const UNNAMED = 'mcp client';

/** Serves until the client closes standard input, or a signal comes. Only the protocol goes to standard output. */
export async function mcp(context: Context): Promise<void> {
  const { terminal, globals, runtime, output } = context;
  const { stdin, stdout, signal } = terminal;
  if (stdin.isTTY === true) {
    await output.say(
      'This speaks the Model Context Protocol on standard input and output. Add the command to the settings of an agent: see “strongroom guide”.',
    );
  }
  const core = new SharedCore(() => {
    // The name that the client gave is all that is known of it.
    const client = server.server.getClientVersion();
    const { name } = processSchema.parse({ pid: terminal.pid, name: client?.name });
    // Standard input belongs to the protocol, so nobody can be asked there.
    return context.silent(signal, {
      kind: 'mcp',
      name: name === undefined || name === '' ? UNNAMED : name,
    });
  });
  const server = createMcpServer({
    version: context.version,
    runtime,
    withCore: (work) => core.use(work),
    workspace: () => context.workspace,
    commandFor: (error) =>
      commandFor(error, { args: [], dataDir: globals.dataDir, workspace: globals.workspace }),
  });
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      resolve();
    };
    stdin.once('end', end).once('close', end);
    // The client does not read any more, or has sent a message that is too large.
    stdout.once('error', end);
    Object.assign(server.server, { onclose: end });
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
  await server.connect(new StdioServerTransport(stdin, stdout));
  await ended;
  // Ends the calls that are under way.
  await server.close();
  stdin.destroy();
  await core.ended();
}
