import type { Command } from 'commander';
import type { Act } from '../act';

const load = () => import('../commands/state');

export function addStateCommands(parent: Command, act: Act): void {
  parent
    .command('status')
    .description('show how Strongroom is: running, locked, and what it uses')
    .action(act(load, (commands) => commands.status));
  parent
    .command('unlock')
    .description('unlock the app that is running, or set up and check the passphrase')
    .action(act(load, (commands) => commands.unlock));
  parent
    .command('lock')
    .description('lock the app that is running')
    .action(act(load, (commands) => commands.lock));
  parent
    .command('open')
    .description('open the window, and wait until it is closed')
    .action(
      act(
        () => import('../commands/open'),
        (commands) => commands.open,
      ),
    );
}
