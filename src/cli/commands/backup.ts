/** `strongroom backup …` */
import type { Backup } from '@shared/model/backup';
import { formatBytes } from '@shared/model/format';
import { confirm, type Context } from '../context';
import { table } from '../output';

const viewOf = ({ at, ...backup }: Backup) => ({ ...backup, at: new Date(at).toISOString() });

export async function list(context: Context): Promise<void> {
  const { output } = context;
  const { backups, isWaiting } = await context.withCore(({ client, options }) =>
    client.backups.list(undefined, options),
  );
  await output.result(backups.map(viewOf), () =>
    table([
      ['NAME', 'TIME', 'SIZE', 'REASON'],
      ...backups
        .map((backup) => ({ ...viewOf(backup), size: formatBytes(backup.size) }))
        .map(({ name, at, size, reason }) => [name, at, size, reason]),
    ]),
  );
  if (isWaiting && !output.json) await output.say(WAITS);
}

export async function make(context: Context): Promise<void> {
  const backup = await context.withCore(({ client, options }) =>
    client.backups.make(undefined, options),
  );
  await context.output.done(viewOf(backup), `Made the backup ${backup.name}.`);
}

export async function restore(context: Context, _options: object, name: string): Promise<void> {
  await context.withCore(async (core) => {
    await confirm(
      context,
      core,
      `Put the backup ${name} in the place of the database? Changes since then are not in it. The present database is kept beside it.`,
    );
    const { isWaiting } = await core.client.backups.restore({ name }, core.options);
    await context.output.done({ name, waiting: isWaiting }, WAITS);
  });
}

const WAITS =
  'A backup takes the place of the database when Strongroom starts next: with the next command, or if the app runs, when you start it again.';
