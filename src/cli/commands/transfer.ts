/** `strongroom pull`, `push` and `export` */
import { AppError, isAppError } from '@shared/errors';
import type { ExportFormat } from '@shared/model/open-environment';
import type { PushRow, PushSummary } from '@shared/model/transfer';
import { eventsOf } from '@server/agent/connect';
import { warnOfDoubtful } from '../chosen';
import { confirm, type Context, type OpenCore } from '../context';
import { exitCodes } from '../exit-codes';
import { writing } from '../failure';
import { oneLine, table } from '../output';
import { environmentOf, type EnvironmentOptions } from '../tree/options';
import { viewOf } from './env';

/** Returns 1 if something could not be read. */
export async function pull(
  context: Context,
  _: unknown,
  names: readonly string[],
): Promise<number | void> {
  if (names.length > 0) return pullSome(context, names);
  const { output } = context;
  const summary = await context.withCore(async ({ client, options }) =>
    reading(async () => {
      const events = await client.transfer.pull(context.workspace, options);
      for await (const event of eventsOf(events, options.signal)) {
        if (event.type === 'summary') return event;
        if (event.type === 'listing') output.progress(`Found ${String(event.found)} …`);
        else output.progress(`Reading ${String(event.done)} of ${String(event.total)} …`);
      }
      throw new AppError(options.signal.aborted ? 'CANCELLED' : 'INTERRUPTED');
    }),
  );
  const { provider, created, existing, skipped, deleted, missing } = summary;
  const view = { provider, created, existing, skipped, deleted, missing };
  await output.result(view, () =>
    table([
      ...created.map((path) => [path, 'new']),
      ...existing.map((path) => [path, 'read']),
      ...skipped.map(({ path, error }) => [path, `skipped: ${error.message}`]),
      ...deleted.map(({ path }) => [path, 'deleted at the provider']),
      ...missing.map((path) => [path, 'no longer at the provider']),
    ]),
  );
  if (!output.json) {
    await output.say(
      `${String(created.length)} new, ${String(existing.length)} read, ${String(skipped.length)} skipped.`,
    );
  }
  return skipped.length > 0 ? exitCodes.failed.code : exitCodes.done.code;
}

/** Runs a pull. If the pull is interrupted, the failure says that what was read stays. */
async function reading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isAppError(error, 'CANCELLED') && !isAppError(error, 'INTERRUPTED')) throw error;
    throw new AppError(error.code, {
      message: 'The pull was interrupted. Nothing was changed at the provider.',
      hint: 'Environments that were found before that stay in the list. Pull again to read the rest.',
      cause: error,
    });
  }
}

async function pullSome(context: Context, names: readonly string[]): Promise<void> {
  const pulled = await context.withCore(({ client, options }) =>
    reading(async () => {
      const all = [];
      for (const environment of names) {
        all.push(await client.environments.pull({ ...context.workspace, environment }, options));
      }
      return all;
    }),
  );
  await context.output.result(pulled.map(viewOf), () =>
    table(pulled.map(({ name, revision = '' }) => [name, `read ${revision}`.trim()])),
  );
}

interface PushOptions {
  readonly dryRun?: boolean;
  readonly undelete?: boolean;
}

/** Returns 1 if something could not be pushed. */
export async function push(
  context: Context,
  { dryRun = false, undelete = false }: PushOptions,
  names: readonly string[],
): Promise<number | void> {
  const { output } = context;
  const some = { ...context.workspace, ...(names.length > 0 && { environments: [...names] }) };
  return context.withCore(async (core) => {
    const plan = await core.client.transfer.pushPlan(some, core.options);
    const isPushed = ({ action }: PushRow): boolean => action === 'create' || action === 'link';
    if (dryRun) {
      await output.result(plan, () => table(plan.map(rowOf)));
      return exitCodes.done.code;
    }
    const count = plan.filter(isPushed).length;
    if (count > 0) {
      if (!output.json) await output.say(table(plan.filter(isPushed).map(rowOf)));
      await confirm(
        context,
        core,
        `Write ${count === 1 ? 'this environment' : `these ${String(count)} environments`} to the provider, and keep the values there from now on?`,
      );
    }
    const summary = await carryOut(context, core, { ...some, undelete }, count);
    const { pushed, failed, unchanged } = summary;
    await output.result({ pushed, failed, unchanged }, () =>
      table([
        ...pushed.map(({ name, path }) => [name, `pushed to ${path}`]),
        ...failed.map(({ name, error }) => [name, `failed: ${error.message} ${error.hint}`]),
        ...unchanged.map(({ name }) => [name, 'nothing to push']),
      ]),
    );
    return failed.length > 0 ? exitCodes.failed.code : exitCodes.done.code;
  });
}

type PushOrder = Parameters<OpenCore['client']['transfer']['push']>[0];

/** Says how far it came if it is interrupted. */
async function carryOut(
  { output }: Context,
  { client, options }: OpenCore,
  order: PushOrder,
  count: number,
): Promise<PushSummary> {
  let done = 0;
  try {
    return await writing('strongroom push --dry-run', async () => {
      const events = await client.transfer.push(order, options);
      for await (const event of eventsOf(events, options.signal)) {
        if (event.type === 'summary') return event;
        ({ done } = event);
        output.progress(`Pushed ${String(done)} of ${String(event.total)} …`);
      }
      throw new AppError(options.signal.aborted ? 'CANCELLED' : 'INTERRUPTED');
    });
  } catch (error) {
    if (done > 0)
      await output.say(`${String(done)} of ${String(count)} were finished before that.`);
    throw error;
  }
}

const actions = {
  create: 'would be written',
  update: 'would be updated',
  link: 'would be linked: the same is there',
  none: 'nothing to push',
  refused: 'would be refused',
} as const;

const rowOf = ({ name, path, action, error }: PushRow): readonly string[] => [
  name,
  path,
  error === undefined ? actions[action] : `${actions[action]}: ${error.message}`,
];

interface ExportOptions extends EnvironmentOptions {
  readonly format: ExportFormat;
  readonly output?: string;
  readonly raw?: true;
}

export async function exportVariables(context: Context, options: ExportOptions): Promise<void> {
  const { format } = options;
  const selector = context.selector(environmentOf(options));
  const raw = options.raw === true;
  const { text, warnings, doubtful } = await context.withCore(({ client, options: call }) =>
    client.environments.export({ ...selector, format, raw }, call),
  );
  const { output } = context;
  await warnOfDoubtful(context, doubtful);
  for (const warning of warnings) await output.warn(oneLine(warning));
  if (options.output === undefined) {
    if (output.json) await output.result({ format, text, warnings }, () => '');
    else await output.data(text);
    return;
  }
  const { writeFileAtomically } = await import('@core/storage/files');
  await writeFileAtomically(context.path(options.output), new TextEncoder().encode(text));
  await output.done({ format, file: options.output, warnings }, `Wrote ${options.output}.`);
}
