import type { Command } from 'commander';
import type { Act } from '../act';

const load = () => import('../commands/backup');

export function addBackupCommands(parent: Command, act: Act): void {
  const backup = parent.command('backup').description('manage backups of the database');
  backup
    .command('list')
    .alias('ls')
    .description('list the backups, the newest first')
    .action(act(load, (commands) => commands.list));
  backup
    .command('make')
    .description('make a backup now')
    .action(act(load, (commands) => commands.make));
  backup
    .command('restore <name>')
    .description('put a backup in the place of the database when Strongroom starts next')
    .action(act(load, (commands) => commands.restore));
}
