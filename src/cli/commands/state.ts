/** `strongroom status`, `lock` and `unlock` */
import { AppError } from '@shared/errors';
import { providerDescriptors } from '@shared/providers';
import type { Context } from '../context';
import { table } from '../output';

const hosts = {
  desktop: 'the app',
  browser: 'the app in a browser',
  cli: 'not running: commands open the data directory themselves',
} as const;

export async function status(context: Context): Promise<void> {
  const found = await context.withCore(
    async ({ client, options }) => {
      const { version, host, dataDirectory, locked, protection } = await client.status(
        undefined,
        options,
      );
      const common = { version, running: host !== 'cli', host, dataDirectory, protection, locked };
      // A locked core says no more.
      if (locked) return common;
      const workspace = await client.workspaces.find(context.workspace, options);
      const selector = { workspace: workspace.id };
      const environments = await client.environments.list(selector, options);
      const { provider, state } = await client.connections.status(selector, options);
      const active = environments.find((each) => each.active);
      return {
        ...common,
        workspace: workspace.name,
        environments: environments.length,
        ...(active && { activeEnvironment: active.name }),
        provider,
        connection: state,
      };
    },
    { asIs: true },
  );
  await context.output.result(found, () =>
    table([
      ['version', found.version],
      ['running', hosts[found.host]],
      ['data directory', found.dataDirectory],
      ['protection', found.protection],
      ['locked', found.locked ? 'yes' : 'no'],
      ...('workspace' in found
        ? [
            ['workspace', found.workspace],
            ['environments', String(found.environments)],
            ['active', found.activeEnvironment ?? '(none)'],
            ['provider', providerDescriptors[found.provider].label],
            ['connection', found.connection],
          ]
        : []),
    ]),
  );
}

export async function unlock(context: Context): Promise<void> {
  const { output } = context;
  const { host, protection } = await context.withCore(
    async ({ client, options }) => {
      const { host, locked } = await client.status(undefined, options);
      if (locked) return { host, protection: await context.unlock({ client, options }) };
      await context.setUp({ client, options });
      return { host, protection: await client.security.protection(undefined, options) };
    },
    { asIs: true },
  );
  const view = { running: host !== 'cli', protection: protection.mode, locked: protection.locked };
  if (protection.mode === 'undecided' && !protection.keychain.available) {
    throw new AppError('KEY_CHOICE_NEEDED');
  }
  const sentence =
    host === 'cli'
      ? protection.mode === 'passphrase'
        ? 'The passphrase is correct. Nothing stays unlocked, because Strongroom is not running.'
        : 'There is nothing to unlock.'
      : 'Strongroom is unlocked.';
  await output.done(view, sentence);
}

export async function lock(context: Context): Promise<void> {
  const { host, locked } = await context.withCore(
    async ({ client, options }) => {
      const { host } = await client.status(undefined, options);
      const { locked } = await client.security.lock(undefined, options);
      return { host, locked };
    },
    { asIs: true },
  );
  const sentence =
    host === 'cli'
      ? 'Strongroom is not running: nothing is unlocked.'
      : locked
        ? 'Strongroom is locked.'
        : 'Strongroom has forgotten all values and logins. It can be locked only if it has a passphrase.';
  await context.output.done({ running: host !== 'cli', locked }, sentence);
}
