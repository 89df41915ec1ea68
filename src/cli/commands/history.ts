/** `strongroom history` and `restore` */
import type { EnvironmentHistory } from '@shared/model/secret-history';
import { confirm, type Context } from '../context';
import { writing } from '../failure';
import { table } from '../output';
import { environmentOf, type EnvironmentOptions } from '../tree/options';
import { viewOf } from './env';

interface HistoryOptions extends EnvironmentOptions {
  readonly with?: string;
}

export async function history(
  context: Context,
  options: HistoryOptions,
  version?: string,
): Promise<void> {
  const selector = context.selector(environmentOf(options));
  if (version !== undefined) return describeVersion(context, selector, options.with, version);
  const found = await context.withCore(({ client, options: call }) =>
    client.history.list(selector, call),
  );
  const { output } = context;
  await output.result(listView(found), () =>
    found.isKept
      ? table(
          found.versions.map(({ version: name, state, createdAt, createdBy = '', labels }) => [
            name,
            state,
            timeOf(createdAt) ?? '',
            createdBy,
            labels.join(', '),
          ]),
        )
      : '',
  );
  if (output.json) return;
  if (!found.isKept) await output.say('The provider keeps no versions.');
  else if (found.versions.length === 0) await output.say('There is no secret at the provider.');
  else if (!found.isComplete) {
    await output.say('There may be more versions: the credentials cannot list all of them.');
  }
}

async function describeVersion(
  context: Context,
  selector: ReturnType<Context['selector']>,
  typed: string | undefined,
  after: string,
): Promise<void> {
  const compared = await context.withCore(async ({ client, options }) => {
    const before = typed ?? previous(await client.history.list(selector, options), after);
    const request = { ...selector, after, ...(before !== undefined && { before }) };
    return { before, ...(await client.history.compare(request, options)) };
  });
  const { before, rows, unchanged } = compared;
  const view = {
    version: after,
    ...(before !== undefined && { comparedWith: before }),
    changes: rows.map(({ key, change }) => ({ key, change })),
    unchanged,
  };
  await context.output.result(view, () => table(rows.map(({ key, change }) => [key, change])));
}

/** The revision of the version before; `undefined` for the first one. */
function previous(found: EnvironmentHistory, typed: string): string | undefined {
  if (!found.isKept) return undefined;
  const { versions } = found;
  const at = versions.findIndex(
    ({ version, revision, labels }) =>
      version === typed || revision === typed || labels.includes(typed),
  );
  // The newest comes first. What is gone cannot be compared with.
  return at === -1
    ? undefined
    : versions.slice(at + 1).find(({ state }) => state === 'past' || state === 'current')?.revision;
}

const listView = (found: EnvironmentHistory) =>
  found.isKept
    ? {
        kept: true,
        complete: found.isComplete,
        versions: found.versions.map(
          ({ version, revision, state, labels, createdAt, createdBy }) => ({
            version,
            revision,
            state,
            labels,
            ...(createdAt !== undefined && { createdAt: timeOf(createdAt) }),
            ...(createdBy !== undefined && { createdBy }),
          }),
        ),
      }
    : { kept: false, versions: [] };

const timeOf = (milliseconds: number | undefined): string | undefined =>
  milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();

export async function restore(
  context: Context,
  options: EnvironmentOptions,
  version?: string,
): Promise<void> {
  const selector = context.selector(environmentOf(options));
  await context.withCore(async (core) => {
    const { id, name } = await core.client.environments.find(selector, core.options);
    await confirm(
      context,
      core,
      version === undefined
        ? `Undelete the secret of “${name}”?`
        : `Write version ${version} of “${name}” as a new one?`,
    );
    const request = { ...context.workspace, environment: id };
    const restored = await writing('strongroom history', () =>
      core.client.history.restore(
        version === undefined ? request : { ...request, version },
        core.options,
      ),
    );
    await context.output.done(
      viewOf(restored),
      version === undefined
        ? `Undeleted the secret of “${name}”.`
        : `Wrote version ${version} of “${name}” as a new one.`,
    );
  });
}
