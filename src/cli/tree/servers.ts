import type { Command } from 'commander';
import type { Act } from '../act';

export function addServerCommands(parent: Command, act: Act): void {
  parent
    .command('mcp')
    .description('serve a coding agent by the Model Context Protocol, on standard input and output')
    .action(
      act(
        () => import('../commands/mcp'),
        (commands) => commands.mcp,
      ),
    );
}
