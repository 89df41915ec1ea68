import type { Command } from 'commander';
import type { Act } from '../act';

const load = () => import('../commands/state');

export function addStateCommands(parent: Command, act: Act): void {
  parent
    .command('status')
    .description('show whether Strongroom is running and locked, and what it uses')
    .action(act(load, (commands) => commands.status));
  parent
    .command('unlock')
    .description('unlock the running app, or set up or check the passphrase')
    .option('--share', 'from now on, let commands and programs use the unlock of the app')
    .option('--no-share', 'from now on, commands need the passphrase themselves (the default)')
    .action(act(load, (commands) => commands.unlock));
  parent
    .command('lock')
    .description('lock the running app')
    .action(act(load, (commands) => commands.lock));
  parent
    .command('open')
    .description('open the window')
    .action(
      act(
        () => import('../commands/open'),
        (commands) => commands.open,
      ),
    );
}
