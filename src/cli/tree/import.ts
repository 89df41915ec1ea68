import type { Command } from 'commander';
import type { Act } from '../act';
import { withEnvironment } from './options';

const load = () => import('../commands/import');

export function addImportCommand(parent: Command, act: Act): void {
  withChoices(parent.command('import <file>'))
    .summary('add the variables of a file')
    .action(act(load, (commands) => commands.importFile));
}

/** `secret import`, which takes the file as an option too. */
export function addImportTo(secret: Command, act: Act): void {
  withChoices(secret.command('import [file]'))
    .summary('add the variables of a file')
    .option('--file <file>', 'the file')
    .action(act(load, (commands) => commands.importFile));
}

const withChoices = (command: Command): Command =>
  withEnvironment(command)
    .description(
      'Adds the variables of a .env, JSON or YAML file; - reads standard input. Blank values and variables that exist are skipped.',
    )
    .option('--plain', 'store all of them as plain text')
    .option('--plain-keys <keys>', 'store these as plain text: A,B')
    .option('--overwrite', 'change variables that exist')
    .option('--empty', 'import blank values too')
    .option('--dry-run', 'show what would happen, and change nothing');
