import { Argument, type Command } from 'commander';
import type { Act } from '../act';

export function addHelpCommands(parent: Command, act: Act): void {
  parent
    .command('completion')
    .description('print a script that completes commands in a shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action(
      act(
        () => import('../commands/completion'),
        ({ completion }) => completion(parent),
      ),
    );
  parent
    .command('names', { hidden: true })
    .description('names, one a line, for completion')
    .addArgument(new Argument('<what>').choices(['environments', 'variables', 'workspaces']))
    .option('-e, --env <name>', 'the environment of the variables')
    .option('--vault-name <name>', 'the environment of the variables')
    .action(
      act(
        () => import('../commands/names'),
        (commands) => commands.names,
      ),
    );
  parent
    .command('guide')
    .description('print a short guide for people and coding agents')
    .option('--commands', 'print the help of every command instead')
    .action(
      act(
        () => import('../commands/guide'),
        ({ guide }) => guide(parent),
      ),
    );
}
