/** The settings of a provider as options of the command line, made from its descriptor. */
import { Command, CommanderError, Option } from 'commander';
import { AppError } from '@shared/errors';
import type { FieldDescriptor, ProviderDescriptor, ProviderId } from '@shared/providers/descriptor';
import { findVault } from '@core/providers/hashicorp-vault/found';
import type { Found } from '@core/providers/provider';
import type { Runtime } from '@core/runtime';
import { usageSentence } from './failure';
import { kebab } from './kebab';
import type { Terminal } from './terminal';
import { scopeOption } from './tree/connections';

/** By the name of the field; the file of a credential by that name and `File`. */
export type ProviderOptions = Readonly<Record<string, unknown>>;

/** The options, or the text of the help if that was asked for. Throws `INVALID_INPUT`. */
export function providerCommand(
  descriptor: ProviderDescriptor,
  args: readonly string[],
  { stdout, stderr }: Pick<Terminal, 'stdout' | 'stderr'>,
): ProviderOptions | string {
  let complaint = '';
  let help = '';
  const command = new Command(`strongroom connection set ${descriptor.id}`)
    .description(`${descriptor.label}: ${descriptor.summary}`)
    .allowExcessArguments(false)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        help += text;
      },
      writeErr: (text) => {
        complaint += text;
      },
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => stderr.columns ?? 80,
    });
  for (const field of descriptor.fields)
    for (const option of optionsOf(field)) command.addOption(option);
  if (findersOf[descriptor.id] !== undefined) command.addOption(fromEnvironmentOption);
  command.addOption(scopeOption);
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return help;
    throw new AppError('INVALID_INPUT', {
      message: usageSentence(complaint),
      hint: `“strongroom connection set ${descriptor.id} --help” lists the settings.`,
    });
  }
  return command.opts();
}

/** What the tools of a provider use in this terminal. */
export const findersOf: Readonly<
  Partial<Record<ProviderId, (runtime: Pick<Runtime, 'env'>) => Promise<Found | undefined>>>
> = {
  'hashicorp-vault': findVault,
};

const fromEnvironmentOption = new Option(
  '--from-environment',
  'Start from what the tools of the provider use: variables such as VAULT_ADDR, and ~/.vault-token',
);

function optionsOf(field: FieldDescriptor): Option[] {
  const flag = `--${kebab(field.name)}`;
  const help = field.kind === 'credential' ? undefined : field.help;
  const label = help === undefined ? field.label : `${field.label}. ${help}`;
  switch (field.kind) {
    case 'text':
      return [new Option(`${flag} <text>`, label)];
    case 'choice':
      return [
        new Option(`${flag} <choice>`, label).choices(field.options.map(({ value }) => value)),
      ];
    case 'switch':
      return [
        new Option(flag, label),
        new Option(flag.replace('--', '--no-'), `the opposite of ${flag}`),
      ];
    case 'credential':
      if (field.signIn === true) return [];
      return [
        new Option(`${flag} <->`, `${field.label}, from standard input`),
        new Option(`${flag}-file <file>`, `${field.label}, from a file`),
      ];
  }
}
