/** `strongroom workspace …` */
import { confirm, type Context } from '../context';
import { writing } from '../failure';
import { table } from '../output';

/** The stable shape of a workspace in JSON. */
const viewOf = ({
  id,
  name,
  current,
  ownConfiguration,
}: {
  readonly id: string;
  readonly name: string;
  readonly current: boolean;
  readonly ownConfiguration: boolean;
}) => ({ id, name, current, ownConnection: ownConfiguration });

export async function list(context: Context): Promise<void> {
  const listed = await context.withCore(({ client, options }) =>
    client.workspaces.list(undefined, options),
  );
  await context.output.result(listed.map(viewOf), () =>
    table([
      ['NAME', 'IN USE', 'CONNECTION'],
      ...listed.map(({ name, current, ownConfiguration }) => [
        name,
        current ? 'in use' : '',
        ownConfiguration ? 'its own' : 'the default',
      ]),
    ]),
  );
}

export async function create(context: Context, _: unknown, name: string): Promise<void> {
  const made = await context.withCore(({ client, options }) =>
    client.workspaces.create({ name }, options),
  );
  await context.output.done(viewOf(made), `Created the workspace “${made.name}”.`);
}

export async function use(context: Context, _: unknown, name: string): Promise<void> {
  const used = await context.withCore(({ client, options }) =>
    client.workspaces.use({ workspace: name }, options),
  );
  await context.output.done(
    viewOf({ ...used, current: true }),
    `“${used.name}” is the workspace in use.`,
  );
}

export async function rename(
  context: Context,
  _: unknown,
  from: string,
  to: string,
): Promise<void> {
  const renamed = await context.withCore(({ client, options }) =>
    client.workspaces.rename({ workspace: from, name: to }, options),
  );
  await context.output.done(viewOf(renamed), `Renamed “${from}” to “${renamed.name}”.`);
}

export async function remove(
  context: Context,
  { force = false }: { readonly force?: boolean },
  typed: string,
): Promise<void> {
  await context.withCore(async (core) => {
    const found = await core.client.workspaces.find({ workspace: typed }, core.options);
    await confirm(
      context,
      core,
      `Delete the workspace “${found.name}” with its settings and credentials on this computer?`,
    );
    await writing('strongroom workspace list', () =>
      core.client.workspaces.remove({ workspace: found.id, force }, core.options),
    );
    await context.output.done(
      { deleted: viewOf(found) },
      `Deleted the workspace “${found.name}”. Nothing at a provider was deleted.`,
    );
  });
}
