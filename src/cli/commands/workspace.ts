/** `strongroom workspace …` */
import { plural } from '@shared/model/format';
import type { SetupChange } from '@shared/model/setup-file';
import { shellWord } from '@shared/model/shell';
import { textFromFile, textFromStdin } from '../arguments';
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

export async function exportSetup(context: Context, _: unknown, file?: string): Promise<void> {
  const { text } = await context.withCore(({ client, options }) =>
    client.workspaces.exportSetup(context.workspace, options),
  );
  const { output } = context;
  if (file === undefined) return output.data(text);
  const { writeFileAtomically } = await import('@core/storage/files');
  await writeFileAtomically(context.path(file), new TextEncoder().encode(text));
  await output.done({ file }, `Wrote ${file}. It holds no secret.`);
}

interface ImportOptions {
  readonly name?: string;
  readonly dryRun?: boolean;
}

export async function importSetup(
  context: Context,
  { name, dryRun = false }: ImportOptions,
  file: string,
): Promise<void> {
  const text =
    file === '-' ? await textFromStdin(context.terminal) : await textFromFile(context, file);
  const input = { text, ...(name !== undefined && { name }) };
  const { output } = context;
  await context.withCore(async (core) => {
    const plan = await core.client.workspaces.planSetup(input, core.options);
    const added = plan.changes.filter(({ action }) => action === 'added');
    if (dryRun || added.length === 0) {
      await output.result({ workspace: plan.name, changes: plan.changes }, () =>
        table(plan.changes.map((change) => rowOf(change, dryRun ? 'would be added' : 'added'))),
      );
      return;
    }
    if (!output.json) {
      await output.say(table(plan.changes.map((change) => rowOf(change, 'to add'))).trimEnd());
    }
    await confirm(context, core, `Add this to the workspace “${plan.name}”?`);
    const done = await writing('strongroom env list', () =>
      core.client.workspaces.importSetup(input, core.options),
    );
    await output.done(
      { workspace: done.name, id: done.id, changes: done.changes },
      `Added ${plural(added.length, 'part')} to the workspace “${done.name}”.`,
    );
    await sayWhatIsLeft(context, done.name, done.changes);
  });
}

const rowOf = ({ kind, name, action, detail }: SetupChange, added: string): readonly string[] => [
  kind,
  name,
  { added, same: 'the same is there', kept: 'kept as it is' }[action],
  detail ?? '',
];

/** Credentials are not in the file. */
async function sayWhatIsLeft(
  { output }: Context,
  workspace: string,
  changes: readonly SetupChange[],
): Promise<void> {
  if (output.json) return;
  const added = changes.filter(({ action }) => action === 'added');
  const provider = added.find(({ kind }) => kind === 'connection');
  if (provider !== undefined) {
    await output.say(
      `Enter your credentials for ${provider.name}: strongroom connection set --workspace ${shellWord(workspace)}`,
    );
  }
  for (const { name } of added.filter(({ toEnter }) => toEnter !== undefined)) {
    await output.say(
      `Enter the secret of the grant “${name}”: strongroom grant rotate ${shellWord(name)} --workspace ${shellWord(workspace)}`,
    );
  }
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
