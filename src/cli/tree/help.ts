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
    .command('environment-names', { hidden: true })
    .description('the names of the environments, one a line, for completion')
    .action(
      act(
        () => import('../commands/completion'),
        (commands) => commands.environmentNames,
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
