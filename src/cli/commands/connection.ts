/** `strongroom connection …` and `strongroom test` */
import { AppError } from '@shared/errors';
import type {
  CheckStep,
  ConnectionSettings,
  CredentialChanges,
  SettingsScope,
  SignInChoices,
} from '@shared/model/connection';
import type { FormValues } from '@shared/model/form-values';
import { nearNames } from '@shared/model/near-names';
import { onlyChoices } from '@shared/model/sign-in-choices';
import { providerDescriptors } from '@shared/providers';
import {
  isFieldShown,
  isSignIn,
  providerIds,
  type FieldDescriptor,
  type ProviderDescriptor,
} from '@shared/providers/descriptor';
import { destinationOf, storedFor } from '@shared/providers/destination';
import { eventsOf } from '@server/agent/connect';
import { textFromFile, textFromStdin } from '../arguments';
import type { Context } from '../context';
import { exitCodeFor, exitCodes } from '../exit-codes';
import { writing } from '../failure';
import { kebab } from '../kebab';
import { oneLine, table } from '../output';
import { findersOf, providerCommand, type ProviderOptions } from '../provider-options';

export async function show(context: Context): Promise<void> {
  const settings = await context.withCore(({ client, options }) =>
    client.connections.settings(context.workspace, options),
  );
  await context.output.result(viewOf(settings), () => describe(settings));
}

export async function set(
  context: Context,
  _: unknown,
  typed: string,
  args: readonly string[] = [],
): Promise<void> {
  if (typed === '--help' || typed === '-h') {
    await context.output.data(`${listOfProviders()}\n`);
    return;
  }
  const descriptor = descriptorOf(typed);
  const options = providerCommand(descriptor, args, context.terminal);
  if (typeof options === 'string') {
    await context.output.data(options);
    return;
  }
  const found = await foundSettings(context, descriptor, options);
  const given = { ...found.credentials, ...(await givenCredentials(context, descriptor, options)) };
  await context.withCore(async (core) => {
    const before = await core.client.connections.settings(context.workspace, core.options);
    const stored = before.providers[descriptor.id];
    const values: FormValues = {
      ...stored.values,
      ...found.values,
      ...valuesOf(descriptor, options),
    };
    const destination = destinationOf(descriptor, values);
    const kept = descriptor.fields
      .map(({ name }) => name)
      .filter((name) => storedFor(descriptor, stored, name) === destination);
    const known = new Set([...kept, ...Object.keys(given)]);
    const needed = context.prompt.isPossible ? neededCredentials(descriptor, values, known) : [];
    const typed = needed.length === 0 ? {} : await core.aside(() => askFor(context, needed));
    const credentials = { ...given, ...typed };
    const scope = options['scope'] as SettingsScope | undefined;
    const order: Order = {
      ...context.workspace,
      provider: descriptor.id,
      values,
      credentials,
      ...(scope !== undefined && { scope }),
    };
    const field = signInOf(descriptor, values);
    if (field !== undefined && !known.has(field.name)) await signInFor(context, core, order, field);
    const after = await writing('strongroom connection show', () =>
      core.client.connections.save(order, core.options),
    );
    const whose =
      after.source === 'global' ? 'all workspaces without their own settings' : 'this workspace';
    await context.output.done(
      viewOf(after),
      `${descriptor.label} is set up for ${whose}. Test it: strongroom test`,
    );
  });
}

/** Signs in again with the settings in use. */
export async function signIn(context: Context): Promise<void> {
  await context.withCore(async (core) => {
    const settings = await core.client.connections.settings(context.workspace, core.options);
    const { provider } = settings;
    const descriptor = providerDescriptors[provider];
    const { values } = settings.providers[provider];
    const field = signInOf(descriptor, { ...descriptor.defaults, ...values });
    if (field === undefined) {
      throw new AppError('INVALID_CONFIGURATION', {
        message: `The connection to ${descriptor.label} has no sign-in with a browser.`,
        hint: 'Use “strongroom connection set” to choose another authentication, or to enter credentials again.',
      });
    }
    const order: Order = { ...context.workspace, provider, values, credentials: {} };
    await signInFor(context, core, order, field);
    const after = await writing('strongroom connection show', () =>
      core.client.connections.save(order, core.options),
    );
    await context.output.done(viewOf(after), `Signed in to ${descriptor.label}.`);
  });
}

type Core = Parameters<Parameters<Context['withCore']>[0]>[0];
type Order = Parameters<Core['client']['connections']['save']>[0];

/** Says which page to open, waits for the person, and lets the order take what comes of it. */
async function signInFor(
  { output }: Context,
  { client, options }: Core,
  order: Order,
  { name }: FieldDescriptor,
): Promise<void> {
  const steps = await client.connections.signIn(order, options);
  for await (const step of eventsOf(steps, options.signal)) {
    if (step.type === 'done') {
      if (step.choices !== undefined) await takeChoices(output, order, step.choices);
      continue;
    }
    await output.say(
      step.opened ? 'Sign in on the page in your browser:' : 'Open this page in your browser:',
    );
    await output.say(step.url);
    if (step.code !== undefined) await output.say(`Go on only if it shows this code: ${step.code}`);
  }
  order.credentials = { ...order.credentials, [name]: { action: 'take' } };
}

/** Fills in what the sign-in leaves no choice about, and names the choices that remain. */
async function takeChoices(
  output: Context['output'],
  order: Order,
  choices: SignInChoices,
): Promise<void> {
  order.values = { ...order.values, ...onlyChoices(choices, order.values) };
  const fields = [...new Set(choices.combinations.flatMap((one) => Object.keys(one)))];
  if (fields.every((field) => (order.values[field] ?? '') !== '')) return;
  await output.say('Run the command again with one of these sets of options:');
  for (const one of choices.combinations) {
    const words = Object.entries(one).map(([field, value]) => `--${kebab(field)} ${value}`);
    const names = Object.values(one).flatMap((value) => choices.names[value] ?? []);
    await output.say(
      oneLine(`  ${words.join(' ')}${names.length > 0 ? `  (${names.join(', ')})` : ''}`),
    );
  }
}

export async function remove(context: Context): Promise<void> {
  await context.prompt.confirm('Forget the workspace’s own settings and credentials?');
  const settings = await context.withCore(({ client, options }) =>
    writing('strongroom connection show', () =>
      client.connections.remove(context.workspace, options),
    ),
  );
  const { label } = providerDescriptors[settings.provider];
  await context.output.done(viewOf(settings), `The workspace uses the default settings: ${label}.`);
}

const MARKS = {
  passed: ['green', '✓'],
  failed: ['red', '✗'],
  warned: ['yellow', '!'],
  skipped: ['dim', '-'],
  'not-reached': ['dim', '-'],
} as const;

/** Returns the exit code of the step that failed. */
export async function test(context: Context): Promise<number> {
  const { output } = context;
  const steps = await context.withCore(async ({ client, options }) => {
    const ended: CheckStep[] = [];
    const events = await client.connections.test(context.workspace, options);
    for await (const step of eventsOf(events, options.signal)) {
      if (step.status === 'running') {
        output.progress(`${step.label} …`);
        continue;
      }
      ended.push(step);
      if (!output.json) await output.data(`${lineOf(step, output.styledData.bind(output))}\n`);
    }
    return ended;
  });
  const failed = steps.find(({ status }) => status === 'failed');
  const exitCode =
    failed === undefined
      ? exitCodes.done.code
      : failed.error === undefined
        ? exitCodes.failed.code
        : exitCodeFor(failed.error.code);
  if (output.json) await output.result({ passed: failed === undefined, steps }, () => '');
  else if (failed?.error !== undefined) await output.say(failed.error.hint);
  return exitCode;
}

function lineOf(
  { label, status, detail, error }: CheckStep,
  styled: Context['output']['styledData'],
): string {
  const [style, mark] = MARKS[status === 'running' ? 'skipped' : status];
  const finding = error?.message ?? detail ?? (status === 'not-reached' ? 'not reached' : '');
  return `${styled(style, mark)} ${oneLine(label)}${finding === '' ? '' : `: ${oneLine(finding)}`}`;
}

/** The stable shape of settings in JSON. */
function viewOf({ source, provider, providers }: ConnectionSettings) {
  const { values, savedCredentials, saved } = providers[provider];
  const { fields } = providerDescriptors[provider];
  const shown = fields.filter(
    (field) => field.kind !== 'credential' && isFieldShown(field, values),
  );
  return {
    provider,
    source,
    saved,
    settings: Object.fromEntries(shown.map(({ name }) => [kebab(name), values[name]])),
    credentials: savedCredentials.map(kebab),
  };
}

function describe(settings: ConnectionSettings): string {
  const view = viewOf(settings);
  const { label } = providerDescriptors[settings.provider];
  return table([
    ['provider', `${settings.provider} (${label})`],
    ['from', view.source === 'global' ? 'the default settings' : 'the workspace’s own settings'],
    ...Object.entries(view.settings)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, String(value)]),
    ...view.credentials.map((name) => [name, '(saved)']),
  ]);
}

const listOfProviders = (): string =>
  [
    'Usage: strongroom connection set PROVIDER [settings]',
    '',
    table(providerIds.map((id) => [id, providerDescriptors[id].summary])),
    '',
    '“strongroom connection set PROVIDER --help” lists its settings.',
  ].join('\n');

function descriptorOf(typed: string): ProviderDescriptor {
  const id = providerIds.find((known) => known === typed);
  if (id !== undefined) return providerDescriptors[id];
  const near = nearNames(typed, providerIds);
  throw new AppError('INVALID_INPUT', {
    message: `There is no provider “${typed}”.`,
    hint:
      near.length === 0
        ? `The providers are ${providerIds.join(', ')}.`
        : `Did you mean ${near.join(' or ')}?`,
  });
}

function valuesOf({ fields }: ProviderDescriptor, options: ProviderOptions): FormValues {
  const given = fields
    .filter(({ kind }) => kind !== 'credential')
    .map(({ name }) => [name, options[name]] as const)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as FormValues;
}

/** What `--from-environment` found. Throws `CREDENTIALS_MISSING` if there is nothing. */
async function foundSettings(
  { terminal, output }: Context,
  { id, label }: ProviderDescriptor,
  options: ProviderOptions,
): Promise<{ readonly values: FormValues; readonly credentials: CredentialChanges }> {
  if (options['fromEnvironment'] !== true) return { values: {}, credentials: {} };
  const found = await findersOf[id]?.({ env: terminal.env });
  if (found === undefined) {
    throw new AppError('CREDENTIALS_MISSING', {
      message: `There are no settings of ${label} in this terminal.`,
      likelyCause: 'VAULT_ADDR and VAULT_TOKEN are not set, and there is no ~/.vault-token.',
      hint: 'Set VAULT_ADDR and run “vault login”, or pass the settings as options.',
    });
  }
  await output.say(`Found ${found.from.join(', ')}.`);
  const credentials = Object.entries(found.credentials).map(
    ([name, secret]) => [name, { action: 'replace', value: secret.reveal() }] as const,
  );
  return { values: found.values, credentials: Object.fromEntries(credentials) };
}

/** The credentials that the options give. */
async function givenCredentials(
  context: Context,
  { fields }: ProviderDescriptor,
  options: ProviderOptions,
): Promise<CredentialChanges> {
  const changes: CredentialChanges = {};
  let isStdinRead = false;
  for (const { kind, name } of fields) {
    if (kind !== 'credential') continue;
    const [typed, file] = [options[name], options[`${name}File`]];
    if (typeof file === 'string') {
      const value = (await textFromFile(context, file)).replace(/\r?\n$/, '');
      changes[name] = { action: 'replace', value };
    } else if (typed === '-') {
      if (isStdinRead) throw onlyOneFromStdin();
      isStdinRead = true;
      changes[name] = { action: 'replace', value: await textFromStdin(context.terminal) };
    } else if (typed !== undefined) throw onCommandLine(name);
  }
  return changes;
}

/** The credentials that the settings need, and that are neither saved nor given. */
const neededCredentials = (
  { fields }: ProviderDescriptor,
  values: FormValues,
  known: ReadonlySet<string>,
): FieldDescriptor[] =>
  fields.filter(
    (field) =>
      field.kind === 'credential' &&
      field.optional !== true &&
      isFieldShown(field, values) &&
      !isSignIn(field) &&
      !known.has(field.name),
  );

const signInOf = (
  { fields }: ProviderDescriptor,
  values: FormValues,
): FieldDescriptor | undefined =>
  fields.find((field) => isSignIn(field) && isFieldShown(field, values));

async function askFor(
  context: Context,
  fields: readonly FieldDescriptor[],
): Promise<CredentialChanges> {
  const changes: CredentialChanges = {};
  for (const { name, label } of fields) {
    changes[name] = { action: 'replace', value: await context.prompt.secret(label, '') };
  }
  return changes;
}

const onlyOneFromStdin = (): AppError =>
  new AppError('INVALID_INPUT', {
    message: 'Only one credential can come from standard input.',
    hint: 'Pass the others in files, with the options that end in -file.',
  });

const onCommandLine = (name: string): AppError =>
  new AppError('INVALID_INPUT', {
    message: `--${kebab(name)} was not read: other users of this machine can see the command line.`,
    hint: `Pass the credential on standard input with --${kebab(name)} -, or in a file with --${kebab(name)}-file.`,
  });
