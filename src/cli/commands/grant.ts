/** `strongroom grant …` */
import { AppError } from '@shared/errors';
import {
  grantSettingsSchema,
  knownSecretsOf,
  secretNamesOf,
  type Grant,
  type GrantSettings,
  type InjectionRule,
  type SecretSource,
} from '@shared/model/grant';
import {
  grantTemplates,
  settingsOf,
  templateNamed,
  type GrantTemplate,
} from '@shared/model/grant-templates';
import { nearNames } from '@shared/model/near-names';
import { defaultPolicy } from '@shared/model/policy';
import { policySentence } from '@shared/model/policy-words';
import { parseReference } from '@shared/model/reference';
import { textFromFile, textFromStdin } from '../arguments';
import { confirm, type Context } from '../context';
import { writing } from '../failure';
import { durationOf } from '../moment';
import { table } from '../output';
import { policyOf, type PolicyOptions } from '../policy-options';

/** The command that shows what an interrupted one has done. */
const LOOK = 'strongroom grant list';

interface InjectionOptions {
  readonly header?: string;
  readonly format?: string;
  readonly region?: string;
  readonly service?: string;
  readonly addHeader?: readonly string[];
  readonly addQuery?: readonly string[];
  readonly host?: readonly string[];
  readonly allowNetwork?: readonly string[];
}

interface SecretOptions {
  readonly value?: string;
  readonly file?: string;
  readonly username?: string;
  readonly accessKeyId?: string;
  readonly secret?: readonly string[];
  readonly secretFile?: readonly string[];
}

interface CreateOptions extends InjectionOptions, SecretOptions, PolicyOptions {
  readonly name: string;
  readonly type?: GrantSettings['type'];
  readonly template?: string;
  readonly param?: readonly string[];
}

export async function create(context: Context, options: CreateOptions): Promise<void> {
  const template = options.template === undefined ? undefined : findTemplate(options.template);
  const settings = newSettings(context, options, template);
  const given = await givenSecrets(context, options, settings);
  const missing = secretNamesOf(settings).filter((name) => !Object.hasOwn(given, name));
  await context.withCore(async (core) => {
    const ask = (): Promise<Record<string, SecretSource>> =>
      askFor(context, missing, template?.labels);
    const typed = missing.length === 0 ? {} : await core.aside(ask);
    const made = await writing(LOOK, () =>
      core.client.grants.create(
        { ...context.workspace, name: options.name, settings, secrets: { ...given, ...typed } },
        core.options,
      ),
    );
    await context.output.done(viewOf(made), `Created the grant “${made.name}”: ${made.id}`);
  });
}

export async function list(context: Context): Promise<void> {
  const found = await context.withCore(({ client, options }) =>
    client.grants.list(context.workspace, options),
  );
  await context.output.result(found.map(viewOf), () =>
    found.length === 0
      ? ''
      : table([
          ['NAME', 'ID', 'TYPE', 'STATE', 'HOSTS', 'LAST USED'],
          ...found.map(({ name, id, type, state, hosts, usedAt }) => [
            name,
            id,
            type,
            state,
            hosts.join(', '),
            usedAt === undefined ? 'never' : timeText(usedAt),
          ]),
        ]),
  );
  if (found.length === 0 && !context.output.json) await context.output.say('There are no grants.');
}

export async function show(context: Context, _: unknown, typed: string): Promise<void> {
  const found = await context.withCore(({ client, options }) =>
    client.grants.find({ ...context.workspace, grant: typed }, options),
  );
  await context.output.result(viewOf(found), () => describe(found));
}

interface UpdateOptions extends InjectionOptions, SecretOptions, PolicyOptions {
  readonly rename?: string;
  readonly clear?: string;
}

export async function update(
  context: Context,
  options: UpdateOptions,
  typed: string,
): Promise<void> {
  await context.withCore(async (core) => {
    const { client, options: call } = core;
    const before = await client.grants.find({ ...context.workspace, grant: typed }, call);
    const policy = policyOf(options, before.policy, {
      now: context.runtime.now(),
      cleared: options.clear,
    });
    const settings = checkedSettings({ ...before, ...injectionOf(options, before.rules), policy });
    const given = await givenSecrets(context, options, settings);
    const had = knownSecretsOf(before);
    const missing = secretNamesOf(settings).filter(
      (name) => !had.includes(name) && !Object.hasOwn(given, name),
    );
    const asked = missing.length === 0 ? {} : await core.aside(() => askFor(context, missing));
    const { type: _type, template: _template, ...changed } = settings;
    const updated = await writing(LOOK, () =>
      core.client.grants.update(
        {
          grant: before.id,
          ...(options.rename !== undefined && { name: options.rename }),
          settings: changed,
          secrets: { ...given, ...asked },
        },
        core.options,
      ),
    );
    await context.output.done(viewOf(updated), `Updated the grant “${updated.name}”.`);
  });
}

export async function rotate(
  context: Context,
  options: SecretOptions,
  typed: string,
): Promise<void> {
  await context.withCore(async (core) => {
    const selector = { ...context.workspace, grant: typed };
    const before = await core.client.grants.find(selector, core.options);
    const given = await givenSecrets(context, options, before);
    // Without a choice, all of them; of a user and a password the password.
    const wanted = secretNamesOf(before).filter((name) => !NAMES_OF_USERS.has(name));
    const secrets =
      Object.keys(given).length > 0 ? given : await core.aside(() => askFor(context, wanted));
    const rotated = await writing(LOOK, () =>
      core.client.grants.rotate({ grant: before.id, secrets }, core.options),
    );
    await context.output.done(viewOf(rotated), `Rotated the grant “${rotated.name}”.`);
  });
}

const NAMES_OF_USERS: ReadonlySet<string> = new Set(['username', 'accessKeyId']);

interface CloneOptions extends PolicyOptions {
  readonly name: string;
  readonly ttl?: string;
  readonly host?: readonly string[];
}

export async function clone(context: Context, options: CloneOptions, typed: string): Promise<void> {
  const now = context.runtime.now();
  const policy = policyOf(options, defaultPolicy, { now });
  const ends = options.ttl === undefined ? undefined : now + durationOf(options.ttl, '--ttl');
  const expiresAt = Math.min(policy.expiresAt ?? Infinity, ends ?? Infinity);
  const made = await context.withCore(({ client, options: call }) =>
    writing(LOOK, () =>
      client.grants.clone(
        {
          ...context.workspace,
          grant: typed,
          name: options.name,
          policy: { ...policy, ...(expiresAt !== Infinity && { expiresAt }) },
          ...(options.host !== undefined && { hosts: [...options.host] }),
        },
        call,
      ),
    ),
  );
  await context.output.done(viewOf(made), `Created the clone “${made.name}”: ${made.id}`);
}

export const disable = (context: Context, _: unknown, typed: string): Promise<void> =>
  setDisabled(context, typed, true);

export const enable = (context: Context, _: unknown, typed: string): Promise<void> =>
  setDisabled(context, typed, false);

async function setDisabled(context: Context, grant: string, disabled: boolean): Promise<void> {
  const changed = await context.withCore(({ client, options }) =>
    writing(LOOK, () =>
      client.grants.setDisabled({ ...context.workspace, grant, disabled }, options),
    ),
  );
  await context.output.done(
    viewOf(changed),
    `${disabled ? 'Disabled' : 'Enabled'} the grant “${changed.name}”.`,
  );
}

export async function remove(context: Context, _: unknown, typed: string): Promise<void> {
  await context.withCore(async (core) => {
    const selector = { ...context.workspace, grant: typed };
    const found = await core.client.grants.find(selector, core.options);
    await confirm(
      context,
      core,
      `Delete the grant “${found.name}”? Its secret cannot be recovered, and its clones end.`,
    );
    await writing(LOOK, () => core.client.grants.remove({ grant: found.id }, core.options));
    await context.output.done({ deleted: viewOf(found) }, `Deleted the grant “${found.name}”.`);
  });
}

export async function templates(context: Context, _: unknown, search = ''): Promise<void> {
  const wanted = search.toLowerCase();
  const found = grantTemplates.filter(({ id, name, hosts }) =>
    [id, name, ...hosts].some((text) => text.toLowerCase().includes(wanted)),
  );
  await context.output.result(found, () =>
    table([
      ['ID', 'SERVICE', 'TYPE', 'HOSTS', 'PARAMETERS'],
      ...found.map(({ id, name, type, hosts, parameters = {} }) => [
        id,
        name,
        type,
        hosts.join(', '),
        Object.entries(parameters)
          .map(([key, what]) => `${key}: ${what}`)
          .join('; '),
      ]),
    ]),
  );
}

/** The stable shape of a grant in JSON, with times in ISO 8601. */
function viewOf({ createdAt, changedAt, rotatedAt, usedAt, policy, ...grant }: Grant) {
  const { expiresAt, ...rest } = policy;
  return {
    ...grant,
    policy: { ...rest, ...(expiresAt !== undefined && { expiresAt: timeText(expiresAt) }) },
    createdAt: timeText(createdAt),
    changedAt: timeText(changedAt),
    ...(rotatedAt !== undefined && { rotatedAt: timeText(rotatedAt) }),
    ...(usedAt !== undefined && { usedAt: timeText(usedAt) }),
  };
}

const timeText = (at: number): string => new Date(at).toISOString();

function describe(grant: Grant): string {
  const rules = grant.rules.map(({ place, name, format }) =>
    place === 'header' ? `${name}: ${format}` : `?${name}=${format}`,
  );
  const secrets = grant.secrets.map(({ name, reference }) =>
    reference === undefined
      ? `${name} (stored)`
      : `${name} (@${reference.environment}/${reference.key})`,
  );
  const optional: (readonly [string, string | undefined])[] = [
    ['template', grant.template],
    ['header', grant.header],
    ['format', grant.format],
    ['region', grant.region],
    ['service', grant.service],
    ['rules', rules.length === 0 ? undefined : rules.join(', ')],
    ['networks', grant.networks.length === 0 ? undefined : grant.networks.join(', ')],
    ['original', grant.original && (grant.original.name ?? '(deleted)')],
    ['rotated', grant.rotatedAt === undefined ? undefined : timeText(grant.rotatedAt)],
  ];
  return table([
    ['name', grant.name],
    ['id', grant.id],
    ['state', grant.state],
    ['type', grant.type],
    ...optional.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
    ['hosts', grant.hosts.join(', ')],
    ['secrets', secrets.join(', ')],
    ['policy', policySentence(grant.policy)],
    ['created', timeText(grant.createdAt)],
    ['last used', grant.usedAt === undefined ? 'never' : timeText(grant.usedAt)],
  ]);
}

function findTemplate(id: string): GrantTemplate {
  const found = templateNamed(id);
  if (found !== undefined) return found;
  const near = nearNames(
    id,
    grantTemplates.map((each) => each.id),
  );
  throw new AppError('INVALID_INPUT', {
    message: `There is no template “${id}”.`,
    hint:
      near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'List them with “grant templates”.',
  });
}

function newSettings(
  context: Context,
  options: CreateOptions,
  template: GrantTemplate | undefined,
): GrantSettings {
  const parameters = Object.fromEntries(
    (options.param ?? []).map((text) => assigned(text, '--param')),
  );
  const base: Omit<GrantSettings, 'policy'> =
    template === undefined
      ? { type: 'bearer', rules: [], hosts: [], networks: [] }
      : settingsOf(template, parameters);
  if (template !== undefined && options.host === undefined) {
    const open = Object.entries(template.parameters ?? {}).find(
      ([name]) => parameters[name] === undefined,
    );
    if (open !== undefined) {
      throw new AppError('INVALID_INPUT', {
        message: `The template ${template.id} needs ${open[1]}.`,
        hint: `Add --param ${open[0]}=…, or name the hosts with --host.`,
      });
    }
  }
  const policy = policyOf(options, defaultPolicy, { now: context.runtime.now() });
  return checkedSettings({
    ...base,
    ...(options.type !== undefined && { type: options.type }),
    ...injectionOf(options, base.rules),
    policy,
  });
}

/** The settings that the options give; further rules are added to those of the template. */
function injectionOf(
  options: InjectionOptions,
  before: readonly InjectionRule[],
): Partial<GrantSettings> {
  const { header, format, region, service, addHeader, addQuery, host, allowNetwork } = options;
  const added: InjectionRule[] = [
    ...(addHeader ?? []).map((text): InjectionRule => {
      const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(text) ?? [];
      return { place: 'header', name, format: value };
    }),
    ...(addQuery ?? []).map((text): InjectionRule => {
      const [name, value] = assigned(text, '--add-query');
      return { place: 'query', name, format: value };
    }),
  ];
  const names = added.map(({ place, name }) => `${place} ${name.toLowerCase()}`);
  const kept = before.filter(
    ({ place, name }) => !names.includes(`${place} ${name.toLowerCase()}`),
  );
  return {
    ...(header !== undefined && { header }),
    ...(format !== undefined && { format }),
    ...(region !== undefined && { region }),
    ...(service !== undefined && { service }),
    ...(added.length > 0 && { rules: [...kept, ...added] }),
    ...(host !== undefined && { hosts: [...host] }),
    ...(allowNetwork !== undefined && { networks: [...allowNetwork] }),
  };
}

/** What each setting is called on the command line. */
const OPTIONS: Readonly<Record<string, string>> = {
  header: '--header',
  format: '--format',
  region: '--region',
  service: '--service',
  rules: '--add-header or --add-query',
  hosts: '--host',
  networks: '--allow-network',
};

const hints: Readonly<Record<string, string>> = {
  '--host': 'Write host[:port][/path], such as api.example.com. A * can only be the first label.',
  '--allow-network': 'Write an address or a network, such as 10.0.0.0/8.',
  '--add-header or --add-query':
    'Write "Name: value" or name=value, with {secret} in place of a secret.',
};

/** Throws `INVALID_INPUT` with the option. */
function checkedSettings(settings: unknown): GrantSettings {
  const { data, error } = grantSettingsSchema.safeParse(settings);
  if (data !== undefined) return data;
  const option = OPTIONS[String(error.issues[0]?.path[0])] ?? '--host';
  const isWithoutHost = option === '--host' && (settings as GrantSettings).hosts.length === 0;
  throw new AppError('INVALID_INPUT', {
    message: isWithoutHost
      ? 'A grant needs a host that its secret may be sent to.'
      : `A value of ${option} is not valid.`,
    hint: isWithoutHost ? 'Name it with --host.' : (hints[option] ?? 'Check it and try again.'),
  });
}

function assigned(text: string, option: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new AppError('INVALID_INPUT', {
    // The text may be a secret.
    message: `A value of ${option} has no name before “=”.`,
    hint: `Write ${option} NAME=VALUE.`,
  });
}

/** The secrets that the options give. */
async function givenSecrets(
  context: Context,
  options: SecretOptions,
  settings: GrantSettings,
): Promise<Record<string, SecretSource>> {
  const { value, file, username, accessKeyId, secret = [], secretFile = [] } = options;
  const names = secretNamesOf(settings);
  // The secret of `--value`: the one that is no name of a user.
  const main = names.find((name) => !NAMES_OF_USERS.has(name)) ?? 'token';
  if (value !== undefined && file !== undefined) {
    throw new AppError('INVALID_INPUT', {
      message: 'Two secrets were given, with --value and with --file.',
      hint: 'Give one of them.',
    });
  }
  const typed: (readonly [string, string])[] = [
    ...(value === undefined ? [] : [[main, value] as const]),
    ...secret.map((text) => assigned(text, '--secret')),
  ];
  if (typed.filter(([, text]) => text === '-').length > 1) {
    throw new AppError('INVALID_INPUT', {
      message: 'Only one secret can come from standard input.',
      hint: 'Pass the others in files, with --secret-file NAME=FILE.',
    });
  }
  const known = knownSecretsOf(settings);
  const named = [...secret, ...secretFile].map((text) => assigned(text, '--secret')[0]);
  const unknown = named.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new AppError('INVALID_INPUT', {
      message: `The grant has no secret ${unknown}.`,
      hint: `Its secrets are ${known.join(', ')}.`,
    });
  }
  const given: Record<string, SecretSource> = {};
  for (const [name, text] of typed) given[name] = await sourceOf(context, text);
  const files: (readonly [string, string])[] = [
    ...(file === undefined ? [] : [[main, file] as const]),
    ...secretFile.map((text) => assigned(text, '--secret-file')),
  ];
  for (const [name, path] of files) {
    given[name] = { value: (await textFromFile(context, path)).replace(/\r?\n$/, '') };
  }
  if (username !== undefined) given['username'] = { value: username };
  if (accessKeyId !== undefined) given['accessKeyId'] = { value: accessKeyId };
  return given;
}

async function sourceOf(context: Context, text: string): Promise<SecretSource> {
  if (text === '-') return { value: await textFromStdin(context.terminal) };
  const reference = parseReference(text);
  if (reference?.vault !== undefined) {
    return { environment: reference.vault, key: reference.key };
  }
  await context.output.warn(
    'other users of this machine can see a secret on the command line, and the shell remembers it. Use - or a file.',
  );
  return { value: text };
}

async function askFor(
  { prompt }: Context,
  names: readonly string[],
  labels: Readonly<Record<string, string>> = {},
): Promise<Record<string, SecretSource>> {
  const typed: Record<string, SecretSource> = {};
  for (const name of names) {
    const value = await prompt.secret(
      `The secret ${labels[name] ?? name}`,
      'Give it with --value - on standard input, with --file, or with --secret NAME=@ENV/KEY.',
    );
    typed[name] = { value };
  }
  return typed;
}
