/** `strongroom secret …` */
import { AppError } from '@shared/errors';
import type { ChangeSet } from '@shared/model/change-set';
import { nearNames } from '@shared/model/near-names';
import type { OpenEnvironment } from '@shared/model/open-environment';
import { shellWord } from '@shared/model/shell';
import type { Variable } from '@shared/model/variable';
import { oneName, textFromFile, textFromStdin } from '../arguments';
import { warnOfDoubtful } from '../chosen';
import type { Context } from '../context';
import { writing } from '../failure';
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
  const secret = options.plain !== true;
  const given = await givenValue(context, options);
  await edit(context, options, {
    check: (opened) => {
      if (find(opened, key) === undefined) return;
      throw new AppError('NAME_TAKEN', {
        message: `There is already a variable ${key} in “${opened.environment.name}”.`,
        hint: 'Update it, or choose another name.',
        remedy: { run: commandOn(opened, 'update', key, environmentOf(options)) },
      });
    },
    value: () => value(context, options, { key, secret, given }),
    waits: given === undefined,
    make: ({ environment: { name } }, text) => ({
      changes: { edits: [], additions: [{ key, value: text, ...(!secret && { secret }) }] },
      view: { environment: name, key, secret },
      sentence: `Created ${key} in “${name}”.`,
    }),
  });
}

export async function update(
  context: Context,
  options: ValueOptions,
  argument?: string,
): Promise<void> {
  const key = oneName('variable', argument, options.name);
  const given = await givenValue(context, options);
  const isSecret = (opened: Opened): boolean =>
    options.plain === undefined ? find(opened, key)?.secret === true : !options.plain;
  await edit(context, options, {
    check: (opened) => {
      if (find(opened, key) === undefined) {
        throw missing(opened, key, commandOn(opened, 'create', key, environmentOf(options)));
      }
    },
    value: (opened) => value(context, options, { key, secret: isSecret(opened), given }),
    waits: given === undefined,
    make: (opened, text) => {
      const secret = isSecret(opened);
      const marked = secret !== find(opened, key)?.secret && { secret };
      return {
        changes: { edits: [{ key, value: text, ...marked }], additions: [] },
        view: { environment: opened.environment.name, key, secret },
        sentence: `Updated ${key} in “${opened.environment.name}”.`,
      };
    },
  });
}

export async function remove(
  context: Context,
  options: NamedOptions,
  argument?: string,
): Promise<void> {
  const key = oneName('variable', argument, options.name);
  await edit(context, options, {
    check: (opened) => {
      if (find(opened, key) === undefined) throw missing(opened, key);
    },
    value: async ({ environment }) => {
      await context.prompt.confirm(`Delete ${key} from “${environment.name}”?`);
      return '';
    },
    waits: context.prompt.waits,
    make: ({ environment: { name } }) => ({
      changes: { edits: [{ key, remove: true }], additions: [] },
      view: { environment: name, key },
      sentence: `Deleted ${key} from “${name}”.`,
    }),
  });
}

interface GetOptions extends NamedOptions {
  readonly raw?: true;
}

export async function get(context: Context, options: GetOptions, argument?: string): Promise<void> {
  const key = oneName('variable', argument, options.name);
  const selector = context.selector(environmentOf(options));
  const raw = options.raw === true;
  const { doubtful, ...found } = await context.withCore(({ client, options: call }) =>
    client.variables.get({ ...selector, key, raw }, call),
  );
  const { output } = context;
  await warnOfDoubtful(context, doubtful);
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

interface Editing {
  /** Throws if the edit makes no sense for what is there. */
  readonly check: (opened: Opened) => void;
  /** The new value, or a confirmation. */
  readonly value: (opened: Opened) => Promise<string>;
  /** Whether `value` waits for a person. */
  readonly waits: boolean;
  readonly make: (opened: Opened, value: string) => Edited;
}

/** Reads the environment, makes the changes, and saves them unless it has changed meanwhile. */
async function edit(
  context: Context,
  options: EnvironmentOptions,
  { check, value: valueFor, waits, make }: Editing,
): Promise<void> {
  const selector = context.selector(environmentOf(options));
  await context.withCore(async (core) => {
    const read = async (which: typeof selector): Promise<Opened> => {
      const opened = await core.client.variables.list(which, core.options);
      check(opened);
      return opened;
    };
    let opened = await read(selector);
    // By its id from now on, in case another becomes the active one.
    const same = { ...context.workspace, environment: opened.environment.id };
    const before = opened;
    const text = waits ? await core.aside(() => valueFor(before)) : await valueFor(before);
    if (waits) opened = await read(same);
    const { changes, view, sentence } = make(opened, text);
    const { base } = opened;
    await writing('strongroom secret list', () =>
      core.client.variables.save({ ...same, base, changes }, core.options),
    );
    await context.output.done(view, sentence);
  });
}

const find = ({ variables }: Opened, key: string): Variable | undefined =>
  variables.find((variable) => variable.key === key);

/** A command that can be pasted into a shell, whatever the names are, and is about the same environment. */
const commandOn = (
  { environment }: Pick<Opened, 'environment'>,
  verb: 'create' | 'update',
  key: string,
  typed: string | undefined,
): string => {
  // Several can have the name.
  const named = typed === environment.id ? typed : environment.name;
  return `strongroom secret ${verb} -e ${shellWord(named)} -- ${shellWord(key)}`;
};

/** Names near variables, and the command that creates it. */
function missing({ environment, variables }: Opened, key: string, create?: string): AppError {
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
    ...(create !== undefined && near.length === 0 && { remedy: { run: create } }),
  });
}

/** The value that the options give; `undefined` if a person has to be asked. */
async function givenValue(
  context: Context,
  { value: typed, file }: ValueOptions,
): Promise<string | undefined> {
  if (typed !== undefined && file !== undefined) {
    throw new AppError('INVALID_INPUT', {
      message: 'Two values were given, with --value and with --file.',
      hint: 'Give one of them.',
    });
  }
  if (file !== undefined) return textFromFile(context, file);
  return typed === '-' ? textFromStdin(context.terminal) : typed;
}

interface Wanted {
  readonly key: string;
  readonly secret: boolean;
  readonly given: string | undefined;
}

async function value(
  context: Context,
  { value: typed }: ValueOptions,
  { key, secret, given }: Wanted,
): Promise<string> {
  if (given === undefined) {
    return context.prompt.secret(
      `Value of ${key}`,
      'Give it with --value - on standard input, or with --file.',
    );
  }
  if (secret && typed !== undefined && typed !== '-') {
    await context.output.warn(
      'other users of this machine can see a value on the command line, and the shell remembers it. Use --value - or --file.',
    );
  }
  return given;
}
