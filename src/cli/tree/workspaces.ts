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
    .command('delete <name>')
    .alias('rm')
    .description('delete an empty workspace; secrets at a provider stay')
    .option('--force', 'delete it together with its environments')
    .action(act(load, (commands) => commands.remove));
}
