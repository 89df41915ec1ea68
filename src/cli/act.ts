/** How the tree of commands is built, and what happens when one is run. */
import type { Command } from 'commander';
import type { Context } from './context';

/**
 * What a command does. Gets its own options and its arguments; returns the exit code if
 * that is not 0 although nothing failed.
 */
export type Work = (
  context: Context,
  options: never,
  ...args: never[]
) => Promise<number | undefined | void>;

/** Makes the action of a command: loads a module, and does what is chosen from it. */
export type Act = <Module>(
  load: () => Promise<Module>,
  choose: (module: Module) => Work,
) => (...parameters: unknown[]) => Promise<void>;

/** Adds commands to the tree. What they do is in `commands/`, loaded when it is needed. */
export type AddCommands = (parent: Command, act: Act) => void;
