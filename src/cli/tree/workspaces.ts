import type { Command } from 'commander';
import type { Act } from '../act';

const load = () => import('../commands/workspace');

export function addWorkspaceCommands(parent: Command, act: Act): void {
  const workspace = parent.command('workspace').description('manage workspaces');
  workspace
    .command('list')
    .alias('ls')
    .description('list the workspaces')
    .action(act(load, (commands) => commands.list));
  workspace
    .command('create <name>')
    .description('create a workspace')
    .action(act(load, (commands) => commands.create));
  workspace
    .command('use <name>')
    .description('switch to a workspace')
    .action(act(load, (commands) => commands.use));
  workspace
    .command('rename <name> <new-name>')
    .description('rename a workspace')
    .action(act(load, (commands) => commands.rename));
  workspace
    .command('export [file]')
    .description(
      'write the set-up of the workspace without secrets: connection, environments, references, grants',
    )
    .action(act(load, (commands) => commands.exportSetup));
  workspace
    .command('import <file>')
    .description('add what a set-up has and a workspace lacks; nothing is changed or deleted')
    .option(
      '--name <name>',
      'the workspace to add it to, or to create; default: the one in the file',
    )
    .option('--dry-run', 'only say what would be added')
    .action(act(load, (commands) => commands.importSetup));
  workspace
    .command('delete <name>')
    .alias('rm')
    .description('delete an empty workspace; secrets at a provider stay')
    .option('--force', 'delete it together with its environments')
    .action(act(load, (commands) => commands.remove));
}
