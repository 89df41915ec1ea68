import { Option, type Command } from 'commander';
import type { Act } from '../act';

const load = () => import('../commands/connection');

export function addConnectionCommands(parent: Command, act: Act): void {
  const connection = parent
    .command('connection')
    .description('choose where the workspace keeps its values');
  connection
    .command('show')
    .description('show the provider and its settings; never a credential')
    .action(act(load, (commands) => commands.show));
  // Its options depend on the provider: they are read with the provider's descriptor.
  connection
    .command('set <provider> [settings...]')
    .description(
      'Sets up a provider. “strongroom connection set PROVIDER --help” lists its settings.',
    )
    .summary('set up a provider')
    .allowUnknownOption()
    .helpOption(false)
    .action(act(load, (commands) => commands.set));
  connection
    .command('sign-in')
    .description('sign in again with a browser, for the settings in use')
    .action(act(load, (commands) => commands.signIn));
  connection
    .command('test')
    .description('test the connection, step by step')
    .action(act(load, (commands) => commands.test));
  connection
    .command('remove')
    .alias('rm')
    .description('forget the workspace’s own settings and credentials, and use the default ones')
    .action(act(load, (commands) => commands.remove));
  parent
    .command('test')
    .description('test the connection; short for “connection test”')
    .action(act(load, (commands) => commands.test));
}

/** Not a part of a provider. */
export const scopeOption = new Option(
  '--scope <scope>',
  'global: for all workspaces without their own settings; workspace: only for this workspace',
).choices(['global', 'workspace']);
