/** `strongroom env …` */
import type { ListedEnvironment } from '@shared/contract/agent/environments';
import { AppError, isAppError } from '@shared/errors';
import type { Layout } from '@shared/model/layout';
import type { LinkSide } from '@shared/model/link';
import type { Followed } from '@shared/model/stored-reference';
import { listOf } from '@shared/model/format';
import { oneName } from '../arguments';
import { confirm, confirmName, type Context } from '../context';
import { writing } from '../failure';
import { table } from '../output';

interface Named {
  readonly name?: string;
}

export async function create(context: Context, options: Named, argument?: string): Promise<void> {
  const name = oneName('environment', argument, options.name);
  const made = await context.withCore(({ client, options: call }) =>
    client.environments.create({ ...context.workspace, name }, call),
  );
  await context.output.done(viewOf(made), `Created the environment “${made.name}”.`);
}

export async function list(context: Context, options: { readonly all?: true }): Promise<void> {
  const listed = await context.withCore(async ({ client, options: call }) => {
    if (options.all === true) return client.environments.list({}, call);
    const { id } = await client.workspaces.find(context.workspace, call);
    return client.environments.list({ workspace: id }, call);
  });
  await context.output.result(listed.map(viewOf), () =>
    listed.length === 0
      ? ''
      : table([
          ['NAME', 'VALUES', 'ACTIVE', ...(options.all === true ? ['WORKSPACE'] : [])],
          ...listed.map((each) => [
            each.name,
            each.synced ? `at ${each.path}` : 'on this computer',
            each.active ? 'active' : '',
            ...(options.all === true ? [each.workspace] : []),
          ]),
        ]),
  );
  if (listed.length === 0 && !context.output.json) {
    await context.output.say(
      'There are no environments yet. Create one: strongroom env create NAME',
    );
  }
}

export async function rename(
  context: Context,
  _: unknown,
  from: string,
  to: string,
): Promise<void> {
  const { followed, ...renamed } = await context.withCore(({ client, options }) =>
    client.environments.rename({ ...context.workspace, environment: from, name: to }, options),
  );
  await context.output.done(
    { ...viewOf(renamed), references: followedView(followed) },
    `Renamed “${from}” to “${renamed.name}”.`,
  );
  if (context.output.json) return;
  for (const line of followedLines(followed)) await context.output.say(line);
}

export async function use(context: Context, _: unknown, name: string): Promise<void> {
  const used = await context.withCore(({ client, options }) =>
    client.environments.activate({ ...context.workspace, environment: name }, options),
  );
  await context.output.done(viewOf(used), `“${used.name}” is the active environment.`);
}

export async function set(
  context: Context,
  { expand }: { readonly expand?: 'on' | 'off' },
  name: string,
): Promise<void> {
  if (expand === undefined) {
    throw new AppError('INVALID_INPUT', {
      message: 'No setting is named.',
      hint: 'Name one, such as --expand on.',
    });
  }
  const changed = await context.withCore(({ client, options }) =>
    client.environments.setExpands(
      { ...context.workspace, environment: name, expands: expand === 'on' },
      options,
    ),
  );
  await context.output.done(
    viewOf(changed),
    expand === 'on'
      ? `Programs get the values of “${changed.name}” with {{NAME}} replaced.`
      : `Programs get the values of “${changed.name}” with {{NAME}} as it is.`,
  );
}

interface RemoveOptions extends Named {
  readonly force?: boolean;
  readonly onServer?: boolean;
}

export async function remove(
  context: Context,
  { name: option, force = false, onServer = false }: RemoveOptions,
  argument?: string,
): Promise<void> {
  const name = oneName('environment', argument, option);
  const selector = { ...context.workspace, environment: name };
  await context.withCore(async (core) => {
    const found = await core.client.environments.find(selector, core.options);
    if (onServer && found.synced) {
      await confirmName(
        context,
        core,
        found.name,
        `This deletes the environment “${found.name}” and its secret at ${found.path}, for everyone who uses it.`,
      );
    } else {
      const rest = found.synced ? ` from this computer? Its secret stays at ${found.path}.` : '?';
      await confirm(context, core, `Delete the environment “${found.name}”${rest}`);
    }
    const order = { ...selector, environment: found.id, force, onServer };
    const outcome = await writing('strongroom env list', () =>
      core.client.environments.remove(order, core.options),
    );
    const kept = found.synced && !onServer ? ` Its values stay at ${found.path}.` : '';
    const until = outcome.until === undefined ? undefined : new Date(outcome.until).toISOString();
    const back =
      outcome.absent === true
        ? ` There was nothing on the server at ${found.path}.`
        : until === undefined
          ? ''
          : ` Its secret can be undeleted until ${until}.`;
    await context.output.done(
      { deleted: viewOf(found), onServer, ...outcome, ...(until !== undefined && { until }) },
      `Deleted the environment “${found.name}”.${kept}${back}`,
    );
  });
}

interface LinkOptions {
  readonly path?: string;
  readonly layout?: Layout;
  readonly take?: LinkSide;
  readonly undelete?: boolean;
}

export async function link(context: Context, options: LinkOptions, name: string): Promise<void> {
  const selector = { ...context.workspace, environment: name };
  const linked = await context
    .withCore(({ client, options: call }) =>
      writing('strongroom env list', () => client.links.link({ ...selector, ...options }, call)),
    )
    .catch((error: unknown) => {
      if (!isAppError(error, 'ALREADY_EXISTS') || options.take !== undefined) throw error;
      const { code, message, details } = error;
      // The environment of another path is in the way: no side can be taken then.
      if (details?.field === 'path') throw error;
      throw new AppError(code, {
        message,
        hint: 'Say whose values to take with --take server, --take here or --take merge, or choose another --path.',
        details,
      });
    });
  await context.output.done(
    viewOf(linked),
    `Linked “${linked.name}”: its values are at ${linked.path} from now on.`,
  );
}

export async function unlink(
  context: Context,
  { keepCopy = false }: { readonly keepCopy?: boolean },
  name: string,
): Promise<void> {
  await context.withCore(async (core) => {
    const selector = { ...context.workspace, environment: name };
    const found = await core.client.environments.find(selector, core.options);
    await confirm(
      context,
      core,
      keepCopy
        ? `Unlink “${found.name}”? Its values stay at ${found.path}, and an encrypted copy stays on this computer.`
        : `Unlink “${found.name}”? Its values stay at ${found.path}, and leave this computer. --keep-copy keeps an encrypted copy.`,
    );
    const order = { ...context.workspace, environment: found.id, keepCopy };
    const unlinked = await writing('strongroom env list', () =>
      core.client.links.unlink(order, core.options),
    );
    await context.output.done(
      viewOf(unlinked),
      keepCopy
        ? `Unlinked “${found.name}”. Its values are on this computer, encrypted, and stay at ${found.path}.`
        : `Unlinked “${found.name}”. Its values stay at ${found.path}.`,
    );
  });
}

interface NamedVariable {
  readonly environment: string;
  readonly key: string;
}

const namesOf = (variables: readonly NamedVariable[]): string =>
  listOf(variables.map(({ environment, key }) => `${environment}/${key}`));

const followedView = ({ changed, left, unread, grants }: Followed) => ({
  changed,
  left: left.map(({ environment, key, why }) => ({ environment, key, why })),
  notLoaded: unread,
  grants,
});

/** What became of the references to an environment that was renamed. */
function followedLines({ changed, left, unread, grants }: Followed): string[] {
  return [
    ...(changed.length === 0 ? [] : [`References that follow: ${namesOf(changed)}.`]),
    ...(grants.length === 0 ? [] : [`Grants that follow: ${listOf(grants)}.`]),
    ...(left.length === 0
      ? []
      : [
          `References that still have the old name: ${namesOf(left)}. Change them with “strongroom secret update”.`,
        ]),
    ...(unread.length === 0
      ? []
      : [
          `Not looked at, because their values are at the provider: ${listOf(unread)}. References there keep the old name.`,
        ]),
  ];
}

/** The stable shape of an environment in JSON. */
export const viewOf = ({
  id,
  name,
  workspace,
  synced,
  path,
  active,
  expands,
  revision,
  pulledAt,
}: ListedEnvironment) => ({
  id,
  name,
  workspace,
  synced,
  ...(synced && { path }),
  active,
  ...(expands === true && { expands }),
  ...(revision !== undefined && { version: revision }),
  ...(pulledAt !== undefined && { pulledAt: new Date(pulledAt).toISOString() }),
});
