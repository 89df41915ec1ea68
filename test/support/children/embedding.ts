/**
 * For tests: a program that embeds the core. It uses every part that could leave something running, closes
 * the core, and ends by itself. Its argument is an `EmbeddingTask` as JSON; its only line is an
 * `EmbeddingOutcome` as JSON.
 */
import { createRouterClient, ORPCError } from '@orpc/server';
import { createOsKeychain } from '@core/keys/os-keychain';
import { createWindowRouter, windowContext } from '@server/window/router';
import { awsForm, vaultForm } from '../forms';

export interface EmbeddingTask {
  readonly dataDirectory: string;
  readonly vault: { readonly url: string; readonly token: string };
  readonly aws: {
    readonly endpoint: string;
    readonly region: string;
    readonly key: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** The address of a Vault that cannot be reached. */
  readonly nowhere: string;
}

export interface EmbeddingOutcome {
  readonly before: ProcessState;
  /** After the core was closed. */
  readonly after: ProcessState;
  /** The codes of the failed calls. */
  readonly failures: readonly string[];
}

interface ProcessState {
  readonly listeners: Readonly<Record<string, number>>;
  readonly env: NodeJS.ProcessEnv;
}

const EVENTS =
  'beforeExit disconnect exit message warning uncaughtException uncaughtExceptionMonitor ' +
  'unhandledRejection rejectionHandled SIGHUP SIGINT SIGTERM SIGUSR1 SIGUSR2';

const processState = (): ProcessState => ({
  listeners: Object.fromEntries(
    EVENTS.split(' ').map((name) => [name, process.listenerCount(name)]),
  ),
  env: { ...process.env },
});

export async function main([json = '']: readonly string[]): Promise<void> {
  const { dataDirectory, vault, aws, nowhere } = JSON.parse(json) as EmbeddingTask;
  const before = processState();
  const { openCore } = await import('@core/core');
  const core = await openCore({
    host: 'browser',
    version: '0',
    dataDirectory,
    keychain: createOsKeychain(),
    clipboard: {
      readText: async () => '',
      writeText: async () => undefined,
      writeSecret: async () => ({ isConcealed: false }),
    },
  });
  const client = createRouterClient(createWindowRouter(core), windowContext);
  const { currentId: workspaceId } = await client.workspaces.list();
  const failures: string[] = [];
  const pullAll = async (): Promise<void> => {
    try {
      for await (const _ of await client.transfer.pullAll({ workspaceId }));
    } catch (error) {
      if (!(error instanceof ORPCError)) throw error;
      failures.push(String(error.code));
    }
  };

  await client.security.choose({ choice: { mode: 'session' } });
  await client.connections.save(vaultForm(workspaceId, vault, vault.token));
  await pullAll();
  await client.connections.save(awsForm(workspaceId, aws, aws.key));
  await pullAll();
  const [environment] = await client.environments.list({ workspaceId });
  await client.environments.copy({ id: environment?.id ?? '', key: 'KEY' });
  await client.connections.save(vaultForm(workspaceId, { url: nowhere }, vault.token));
  await pullAll();
  // Nobody answers this keychain's question; the core is closed while it waits.
  void client.security.protection();
  await core.close();
  const outcome: EmbeddingOutcome = { before, after: processState(), failures };
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
