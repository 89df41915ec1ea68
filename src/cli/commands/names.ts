/** `strongroom names`, which completion calls: names and never values, quick, and silent if there is any trouble. */
import { existsSync } from 'node:fs';
import type { Context, OpenCore } from '../context';
import { environmentOf, type EnvironmentOptions } from '../tree/options';
import type { NameKind } from './completion';

/** Milliseconds for a provider to answer. A person is waiting with a finger on the key. */
const QUICK = 1500;

export async function names(
  context: Context,
  options: EnvironmentOptions,
  what: NameKind,
): Promise<void> {
  const found = await namesOf(context, options, what).catch(() => []);
  const shown = found.filter((name) => !/\p{Cc}/u.test(name));
  await context.output.data(shown.map((name) => `${name}\n`).join(''));
}

async function namesOf(
  context: Context,
  options: EnvironmentOptions,
  what: NameKind,
): Promise<readonly string[]> {
  // Nothing has been set up, and this is not the moment for that.
  if (!existsSync(context.dataDirectory)) return [];
  return context.withCore(
    async (core) => {
      const { locked, admitted } = await core.client.status(undefined, core.options);
      return locked || !admitted ? [] : listOf(context, core, options, what);
    },
    { asIs: true, waits: false },
  );
}

async function listOf(
  context: Context,
  { client, options }: OpenCore,
  typed: EnvironmentOptions,
  what: NameKind,
): Promise<readonly string[]> {
  switch (what) {
    case 'workspaces':
      return (await client.workspaces.list(undefined, options)).map(({ name }) => name);
    case 'environments': {
      const { id } = await client.workspaces.find(context.workspace, options);
      const listed = await client.environments.list({ workspace: id }, options);
      return listed.map(({ name }) => name);
    }
    case 'variables': {
      const signal = AbortSignal.any([options.signal, AbortSignal.timeout(QUICK)]);
      const selector = context.selector(environmentOf(typed));
      return client.variables.names(selector, { ...options, signal });
    }
  }
}
