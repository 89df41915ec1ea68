/** Options that several commands share. */
import { Option, type Command } from 'commander';

/** See `Context.selector`. */
export const ENVIRONMENT_DEFAULT =
  'STRONGROOM_ENV, else that of strongroom.config.*, else the active one';

/** Adds up an option that is given several times. */
export const several = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

/** `--env`, and the name that it has beside `vault`. Read it with `environmentOf`. */
export const withEnvironment = (command: Command): Command =>
  command
    .option('-e, --env <name>', `the environment (default: ${ENVIRONMENT_DEFAULT})`)
    .addOption(new Option('--vault-name <name>', 'the environment').hideHelp());

/** `--raw` */
export const rawOption = (): Option =>
  new Option('--raw', 'do not follow references: a value @ENV/NAME stays as it is');

export interface EnvironmentOptions {
  readonly env?: string;
  readonly vaultName?: string;
}

/** The environment as typed; `undefined` if it was not. */
export const environmentOf = ({ env, vaultName }: EnvironmentOptions): string | undefined =>
  env ?? vaultName;
