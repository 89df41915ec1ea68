/** What help shows of a command, for everything that is made from the tree. */
import type { Command, Option } from 'commander';

/** Without the command `help`. */
export const visibleCommands = (command: Command): Command[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .filter((each) => each.name() !== 'help');

export const visibleOptions = (command: Command): Option[] =>
  command.createHelp().visibleOptions(command);
