import { Option, type Command } from 'commander';
import type { Act } from '../act';

const load = () => import('../commands/env');

export function addEnvironmentCommands(parent: Command, act: Act): void {
  const env = parent.command('env').description('manage environments').aliases(['vault', 'vaults']);
  addTo(env, act);
  env
    .command('link <name>')
    .description('store the values of an environment at the provider of the workspace')
    .option('--path <path>', 'the path at the provider (default: the path of the environment)')
    .addOption(
      new Option(
        '--layout <layout>',
        'object: one secret for all variables; entries: one secret for each variable',
      ).choices(['object', 'entries']),
    )
    .addOption(
      new Option(
        '--take <side>',
        'if the secret exists: take its values (server), yours (here), or merge both',
      ).choices(['server', 'here', 'merge']),
    )
    .option('--undelete', 'undelete a secret that is scheduled for deletion, and overwrite it')
    .action(act(load, (commands) => commands.link));
  env
    .command('set <name>')
    .description('change a setting of an environment')
    .addOption(
      new Option(
        '--expand <on|off>',
        'in values, replace {{NAME}} with that variable of the environment, for programs and on reveal',
      ).choices(['on', 'off']),
    )
    .action(act(load, (commands) => commands.set));
  env
    .command('unlink <name>')
    .description('end the link of an environment; its values stay at the provider')
    .option('--keep-copy', 'also keep an encrypted copy of its values on this computer')
    .action(act(load, (commands) => commands.unlink));
}

/** The commands of `env`, which `secret vault` has too. */
export function addTo(env: Command, act: Act): void {
  env
    .command('create [name]')
    .description('create an environment on this computer')
    .option('--name <name>', 'its name')
    .action(act(load, (commands) => commands.create));
  env
    .command('list')
    .alias('ls')
    .description('list the environments of the workspace')
    .option('--all', 'list the environments of all workspaces')
    .action(act(load, (commands) => commands.list));
  env
    .command('rename <name> <new-name>')
    .description('rename an environment')
    .action(act(load, (commands) => commands.rename));
  env
    .command('use <name>')
    .description('make an environment the active one')
    .action(act(load, (commands) => commands.use));
  env
    .command('delete [name]')
    .alias('rm')
    .description('delete an empty environment')
    .option('--name <name>', 'its name')
    .option('--force', 'delete it together with its variables')
    .option('--on-server', 'also delete its secret at the provider')
    .action(act(load, (commands) => commands.remove));
}
