/** Settings → General: the copies of the database, and how to go back to one. */
import type { Backup, BackupList } from '@shared/model/backup';
import { useEffect, useState } from 'react';
import { useStores } from '@renderer/app/stores';
import { thrownLine } from '@renderer/app/thrown-line';
import { Button } from '@renderer/components/button';
import { Card } from '@renderer/components/card';
import { Section } from '@renderer/components/page';

const reasons = { daily: 'Daily', update: 'Before an update' } as const;

/** `at` is in milliseconds since 1970, UTC. */
const dateOf = (at: number): string =>
  new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const sizeOf = (bytes: number): string =>
  bytes < 1_000_000
    ? `${String(Math.ceil(bytes / 1000))} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;

export function BackupSection() {
  const { client, questions } = useStores();
  const [list, setList] = useState<BackupList>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  const run = async (call: () => Promise<BackupList>): Promise<void> => {
    setBusy(true);
    try {
      setList(await call());
      setProblem(undefined);
    } catch (error) {
      setProblem(thrownLine(error));
    } finally {
      setBusy(false);
    }
  };

  useEffect(() => {
    let isShown = true;
    void client.backups.list().then(
      (found) => isShown && setList(found),
      (error: unknown) => isShown && setProblem(thrownLine(error)),
    );
    return () => {
      isShown = false;
    };
  }, [client]);

  const restore = async ({ name, at }: Backup): Promise<void> => {
    const answer = await questions.getState().ask({
      title: `Restore the backup of ${dateOf(at)}?`,
      text: 'Settings, environments, grants and credentials are restored when Strongroom starts again. The present database is kept beside the backup. Nothing changes on a server, and the files of the local vault stay as they are.',
      answers: [{ id: 'restore', label: 'Restore', variant: 'danger' }],
    });
    if (answer === 'restore') await run(() => client.backups.restore({ name }));
  };

  if (list === undefined && problem === undefined) return null;
  return (
    <Section title="Backups">
      <p className="max-w-prose text-text-2">
        Strongroom copies its database each day and before an update, and checks the copy. Values
        and credentials are encrypted in it as in the database. The key is not in it.
      </p>
      {problem === undefined ? null : (
        <p role="alert" className="text-bad">
          {problem}
        </p>
      )}
      {list?.isWaiting === true ? (
        <Card tone="warn" title="A backup is restored when Strongroom starts again" live>
          <p className="max-w-prose pb-2 text-text-2">
            Quit Strongroom and start it again. What you change until then is only in the database
            that is kept.
          </p>
          <div>
            <Button isBusy={busy} onPress={() => void run(() => client.backups.cancelRestore())}>
              Keep the present database
            </Button>
          </div>
        </Card>
      ) : null}
      {list === undefined ? null : list.backups.length === 0 ? (
        <p className="text-text-2">
          There is no backup yet. Strongroom makes one each day, and “Back up now” makes one at
          once.
        </p>
      ) : (
        <table aria-label="Backups" className="w-full max-w-prose border-collapse">
          <thead>
            <tr className="border-b border-line text-left text-xs text-text-2">
              <th className="py-1 font-normal">Made</th>
              <th className="font-normal">Kind</th>
              <th className="text-right font-normal">Size</th>
              <th>
                <span className="sr-only">Restore</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.backups.map((backup) => (
              <tr key={backup.name} className="border-b border-line">
                <td className="py-1">{dateOf(backup.at)}</td>
                <td className="text-text-2">{reasons[backup.reason]}</td>
                <td className="text-right tabular-nums">{sizeOf(backup.size)}</td>
                <td className="py-1 text-right">
                  <Button
                    size="sm"
                    variant="quiet"
                    isDisabled={busy || list.isWaiting}
                    aria-label={`Restore the backup of ${dateOf(backup.at)}`}
                    onPress={() => void restore(backup)}
                  >
                    Restore…
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div>
        <Button
          isBusy={busy}
          onPress={() =>
            void run(async () => {
              await client.backups.make();
              return client.backups.list();
            })
          }
        >
          Back up now
        </Button>
      </div>
    </Section>
  );
}
