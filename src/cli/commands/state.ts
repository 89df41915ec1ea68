/** `strongroom status`, `lock` and `unlock` */
import { AppError } from '@shared/errors';
import { isTyped, wordOf } from '@shared/model/protection';
import { providerDescriptors } from '@shared/providers';
import type { Context } from '../context';
import { table } from '../output';

const hosts = {
  desktop: 'the app',
  browser: 'the app in a browser',
  serve: 'strongroom serve',
  cli: 'not running: commands open the data directory themselves',
} as const;

export async function status(context: Context): Promise<void> {
  const found = await context.withCore(
    async ({ client, options }) => {
      const state = await client.status(undefined, options);
      const { version, host, dataDirectory, locked, protection, shared, admitted } = state;
      const running = host !== 'cli';
      const common = {
        version,
        running,
        host,
        dataDirectory,
        protection,
        locked,
        ...(isTyped(protection) && { shared }),
      };
      // Nothing is asked for, so it is all that there is to say.
      if (locked || !admitted) return common;
      const workspace = await client.workspaces.find(context.workspace, options);
      const selector = { workspace: workspace.id };
      const environments = await client.environments.list(selector, options);
      const {
        provider,
        state: connection,
        expires,
      } = await client.connections.status(selector, options);
      const active = environments.find((each) => each.active);
      return {
        ...common,
        workspace: workspace.name,
        environments: environments.length,
        ...(active && { activeEnvironment: active.name }),
        provider,
        connection,
        ...(expires && { expiresAt: new Date(expires.at).toISOString(), renews: expires.renews }),
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
      ...('shared' in found
        ? [['unlock', found.shared ? 'shared with programs' : 'not shared with programs']]
        : []),
      ...('workspace' in found
        ? [
            ['workspace', found.workspace],
            ['environments', String(found.environments)],
            ['active', found.activeEnvironment ?? '(none)'],
            ['provider', providerDescriptors[found.provider].label],
            ['connection', found.connection],
            ...(found.expiresAt === undefined
              ? []
              : [['credentials end', expiryText(found.expiresAt, found.renews)]]),
          ]
        : []),
    ]),
  );
}

const expiryText = (at: string, renews: boolean | undefined): string =>
  renews === true ? `${at}, and are renewed before then` : at;

export async function unlock(
  context: Context,
  { share }: { readonly share?: boolean },
): Promise<void> {
  const { output } = context;
  const { host, protection, shared } = await context.withCore(
    async ({ client, options }) => {
      // First, so that nothing is shared for a moment.
      if (share === false) await client.security.share({ on: false }, options);
      const { host, locked, protection } = await client.status(undefined, options);
      if (locked && isTyped(protection)) await context.unlock({ client, options });
      // The core says who unlocks it.
      else if (locked) await client.security.unlock({ passphrase: '' }, options);
      else await context.setUp({ client, options });
      if (share === true) {
        await context.admit({ client, options });
        await client.security.share({ on: true }, options);
      }
      const { shared } = await client.status(undefined, options);
      return { host, shared, protection: await client.security.protection(undefined, options) };
    },
    { asIs: true },
  );
  const view = {
    running: host !== 'cli',
    protection: protection.mode,
    locked: protection.locked,
    ...(isTyped(protection.mode) && { shared }),
  };
  if (protection.mode === 'undecided' && !protection.keychain.available) {
    throw new AppError('KEY_CHOICE_NEEDED');
  }
  const sentence =
    host === 'cli'
      ? isTyped(protection.mode)
        ? `The ${wordOf(protection.mode)} is correct. Nothing stays unlocked, because Strongroom is not running.`
        : 'There is nothing to unlock.'
      : 'Strongroom is unlocked.';
  await output.done(view, share === undefined ? sentence : `${sentence} ${sharing[String(share)]}`);
}

const sharing: Readonly<Record<string, string>> = {
  true: 'Programs use the unlock of the app from now on.',
  false: 'Programs need the passphrase from now on.',
};

export async function lock(context: Context): Promise<void> {
  const view = await context.withCore(
    async ({ client, options }) => {
      const { host, protection } = await client.status(undefined, options);
      const running = host !== 'cli';
      if (running) await client.security.lock(undefined, options);
      return { running, locked: running || isTyped(protection) };
    },
    { asIs: true },
  );
  await context.output.done(
    view,
    view.running ? 'Strongroom is locked.' : 'Strongroom is not running: nothing is unlocked.',
  );
}
