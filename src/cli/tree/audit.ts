import { Option, type Command } from 'commander';
import type { AuditFormat } from '@shared/model/audit';
import type { Act } from '../act';

const load = () => import('../commands/audit');

/** Written here too, because the module that names them takes long to load. */
const formats: Readonly<Record<AuditFormat, true>> = { jsonl: true, csv: true };

export function addAuditCommands(parent: Command, act: Act): void {
  const audit = parent
    .command('audit')
    .description('show who used and revealed secrets, and what was refused')
    .option('--grant <grant>', 'only entries of this grant: its id or name')
    .option('--event <events>', 'only these events, such as request,revealed')
    .addOption(
      new Option('--decision <decision>', 'only requests with this decision').choices([
        'allowed',
        'refused',
      ]),
    )
    .option('--caller <kinds>', 'only these callers, such as cli,sdk')
    .option('--since <time>', 'only entries from this time on: 2026-12-01, or 24h, 7d')
    .option('--until <time>', 'only entries before this time')
    .option('--text <text>', 'only entries that contain this text')
    .addOption(new Option('-n, --limit <number>', 'show at most this many entries').default('50'))
    .addOption(
      new Option('--format <format>', 'export all entries that match').choices(
        Object.keys(formats),
      ),
    )
    .option('-o, --output <file>', 'write the export to this file; only you can read it')
    .action(act(load, (commands) => commands.show));
  audit
    .command('verify')
    .description('check that no entry was changed or removed; exit code 2 if one was')
    .option('--contains <hash>', 'check that this hash, noted earlier, is still in the audit')
    .action(act(load, (commands) => commands.verify));
}
