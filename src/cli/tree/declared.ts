import type { Command } from 'commander';
import type { Act } from '../act';

const load = () => import('../commands/declared');

const withConfig = (command: Command): Command =>
  command.option('--config <file>', 'the configuration (default: the nearest strongroom.config.*)');

export function addDeclaredCommands(parent: Command, act: Act): void {
  withConfig(
    parent
      .command('plan')
      .summary('show what apply would change')
      .description(
        'Compares the vaults of the configuration with their stores, and prints what apply would change: names, no values. Exit code 2 if there are changes.',
      ),
  ).action(act(load, (commands) => commands.plan));
  withConfig(
    parent
      .command('apply')
      .summary('make the vaults what the configuration says')
      .description(
        'Makes the vaults of the configuration what it says. Secrets that are not in it are deleted, after they are counted and confirmed.',
      ),
  )
    .option('--adopt', 'take over vaults that the configuration does not own; --yes does not')
    .option('--delete-all', 'delete everything that a vault holds, if so declared; --yes does not')
    .action(act(load, (commands) => commands.apply));
}
