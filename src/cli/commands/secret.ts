/** `strongroom secret …` */
import { AppError } from '@shared/errors';
import type { ChangeSet } from '@shared/model/change-set';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { Variable } from '@shared/model/variable';
import { oneName, textFromFile, textFromStdin } from '../arguments';
import type { Context, OpenCore } from '../context';
import { oneLine, table } from '../output';
import { environmentOf, type EnvironmentOptions } from '../tree/options';

interface NamedOptions extends EnvironmentOptions {
  readonly name?: string;
}

interface ValueOptions extends NamedOptions {
  readonly value?: string;
  readonly file?: string;
  readonly plain?: boolean;
}

type Opened = OpenEnvironment & { readonly base: string };

export async function create(
  context: Context,
  options: ValueOptions,
  argument?: string,
): Promise<void> {
  const key = oneName('variable', argument, options.name);
  const isPlain = options.plain === true;
  await edit(context, options, async (opened, ask) => {
    const { environment } = opened;
    if (find(opened, key) !== undefined) {
      throw new AppError('NAME_TAKEN', {
        message: `There is already a variable ${key} in “${environment.name}”.`,
        hint: 'Update it, or choose another name.',
        remedy: { run: `strongroom secret update ${key}` },
      });
    }
    const value = await ask(key, !isPlain);
    return {
      changes: {
        edits: [],
        additions: [{ key, value, ...(isPlain && { secret: false }) }],
      },
      view: { environment: environment.name, key, secret: !isPlain },
      sentence: `Created ${key} in “${environment.name}”.`,
    };
  });
}

export async function update(
  context: Context,
  options: ValueOptions,
  argument?: string,
): Promise<void> {
  const key = oneName('variable', argument, options.name);
  await edit(context, options, async (opened, ask) => {
    const { environment } = opened;
    const variable = find(opened, key);
    if (variable === undefined) throw await missing(opened, key, true);
    const secret = options.plain === undefined ? variable.secret : !options.plain;
    const value = await ask(key, secret);
    const edited = { key, value, ...(secret !== variable.secret && { secret }) };
    return {
      changes: { edits: [edited], additions: [] },
      view: { environment: environment.name, key, secret },
      sentence: `Updated ${key} in “${environment.name}”.`,
    };
  });
}

export async function remove(
  context: Context,
  options: NamedOptions,
  argument?: string,
): Promise<void> {
  const key = oneName('variable', argument, options.name);
  await edit(context, options, async (opened) => {
    const { environment } = opened;
    if (find(opened, key) === undefined) throw await missing(opened, key, false);
    await context.prompt.confirm(`Delete ${key} from “${environment.name}”?`);
    return {
      changes: { edits: [{ key, remove: true }], additions: [] },
      view: { environment: environment.name, key },
      sentence: `Deleted ${key} from “${environment.name}”.`,
    };
  });
}

export async function get(
  context: Context,
  options: NamedOptions,
  argument?: string,
): Promise<void> {
  const key = oneName('variable', argument, options.name);
  const selector = context.selector(environmentOf(options));
  const found = await context.withCore(({ client, options: call }) =>
    client.variables.get({ ...selector, key }, call),
  );
  const { output } = context;
  if (output.json) await output.result({ key, ...found }, () => '');
  else await output.data(output.isToTerminal ? `${found.value}\n` : found.value);
}

interface ListOptions extends EnvironmentOptions {
  readonly values?: true;
}

export async function list(context: Context, options: ListOptions): Promise<void> {
  const selector = context.selector(environmentOf(options));
  const { environment, variables } = await context.withCore(({ client, options: call }) =>
    client.variables.list(selector, call),
  );
  const showsValues = options.values === true;
  const view = {
    environment: environment.name,
    variables: variables.map(({ key, kind, secret, disabled, literal }) => ({
      key,
      kind,
      secret,
      ...(disabled === true && { disabled }),
      ...(showsValues && literal !== undefined && { value: literal }),
    })),
  };
  await context.output.result(view, () =>
    table(variables.map((variable) => rowOf(variable, showsValues))),
  );
  if (variables.length === 0 && !context.output.json) {
    await context.output.say(`“${environment.name}” has no variables.`);
  }
}

function rowOf(
  { key, secret, disabled, literal }: Variable,
  showsValues: boolean,
): readonly string[] {
  const kind = secret ? 'secret' : 'plain';
  const state = disabled === true ? `${kind}, disabled` : kind;
  return [key, state, ...(showsValues ? [literal === undefined ? '' : oneLine(literal)] : [])];
}

interface Edited {
  readonly changes: ChangeSet;
  /** For `--json`. */
  readonly view: unknown;
  readonly sentence: string;
}

/** Gives the value of a variable, from wherever the options say. */
type Ask = (key: string, secret: boolean) => Promise<string>;

/** Reads the environment, makes the changes, and saves them unless it has changed meanwhile. */
async function edit(
  context: Context,
  options: ValueOptions,
  make: (opened: Opened, ask: Ask) => Promise<Edited>,
): Promise<void> {
  const selector = context.selector(environmentOf(options));
  await context.withCore(async ({ client, options: call }: OpenCore) => {
    const opened = await client.variables.list(selector, call);
    const ask: Ask = (key, secret) => valueOf(context, options, key, secret);
    const { changes, view, sentence } = await make(opened, ask);
    // By its id, in case another became the active one.
    const { id } = opened.environment;
    await client.variables.save(
      { ...context.workspace, environment: id, base: opened.base, changes },
      call,
    );
    await context.output.done(view, sentence);
  });
}

const find = ({ variables }: Opened, key: string): Variable | undefined =>
  variables.find((variable) => variable.key === key);

/** Names near variables, and how to create it. */
async function missing(
  { environment, variables }: Opened,
  key: string,
  mayCreate: boolean,
): Promise<AppError> {
  const { nearNames } = await import('@shared/model/near-names');
  const near = nearNames(
    key,
    variables.map((variable) => variable.key),
  );
  return new AppError('NO_SUCH_VARIABLE', {
    message: `There is no variable ${key} in “${environment.name}”.`,
    hint:
      near.length === 0
        ? 'List the variables to see their names.'
        : `Did you mean ${near.join(' or ')}?`,
    ...(mayCreate && near.length === 0 && { remedy: { run: `strongroom secret create ${key}` } }),
  });
}

async function valueOf(
  context: Context,
  { value, file }: ValueOptions,
  key: string,
  secret: boolean,
): Promise<string> {
  if (value !== undefined && file !== undefined) {
    throw new AppError('INVALID_INPUT', {
      message: 'Two values were given, with --value and with --file.',
      hint: 'Give one of them.',
    });
  }
  if (file !== undefined) return textFromFile(context, file);
  if (value === '-') return textFromStdin(context.terminal.stdin);
  if (value === undefined) {
    return context.prompt.secret(
      `Value of ${key}`,
      'Give it with --value - on standard input, or with --file.',
    );
  }
  if (secret) {
    await context.output.warn(
      'other users of this machine can see a value on the command line, and the shell remembers it. Use --value - or --file.',
    );
  }
  return value;
}
