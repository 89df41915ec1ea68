import type { PendingMigration } from '@shared/model/migration';
import { useMemo } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { Card } from '../../components/card';
import { ErrorText } from '../../components/error-text';
import { Ago } from '../../components/ago';
import { PlaceText } from './place-text';
import { stageWords, whereText } from './words';

/** Unfinished migrations, of these environments or of all. */
export function PendingMigrations({
  environmentIds,
}: {
  readonly environmentIds?: readonly string[];
}) {
  const pending = useFeature('migrate', (state) => state.pending);
  const shown = useMemo(
    () =>
      pending.filter(
        (migration) =>
          environmentIds === undefined || environmentIds.includes(migration.environmentId),
      ),
    [pending, environmentIds],
  );
  if (shown.length === 0) return null;
  return (
    <section aria-label="Unfinished migrations" className="flex flex-col gap-3">
      {shown.map((migration) => (
        <UnfinishedMigration key={migration.id} migration={migration} />
      ))}
    </section>
  );
}

function UnfinishedMigration({ migration }: { readonly migration: PendingMigration }) {
  const { migrate } = useStores();
  const busy = useFeature('migrate', (state) => state.busy.has(migration.id));
  const fault = useFeature('migrate', (state) => state.pendingFaults.get(migration.id));
  const { resume, undo, keepBoth } = migrate.getState();
  if (migration.running) {
    return (
      <Card tone="info" title={`The migration of ${migration.name} is under way`}>
        <p className="break-words text-text-2">
          To <PlaceText place={migration.to} />. {whereText(migration)}
        </p>
      </Card>
    );
  }
  return (
    <Card
      tone="warn"
      title={`The migration of ${migration.name} is not finished`}
      actions={
        <>
          <Button
            isBusy={busy}
            aria-label={`Resume migration of ${migration.name}`}
            onPress={() => void resume(migration.id)}
          >
            Resume
          </Button>
          <Button
            isDisabled={busy}
            aria-label={`Undo migration of ${migration.name}`}
            onPress={() => void undo(migration.id)}
          >
            Undo
          </Button>
          {fault?.code === 'COPY_DIFFERS' ? (
            <Button
              isDisabled={busy}
              aria-label={`Keep both copies of ${migration.name}`}
              onPress={() => void keepBoth(migration.id)}
            >
              Keep both
            </Button>
          ) : null}
        </>
      }
    >
      <p className="break-words text-text-2">
        From <PlaceText place={migration.from} /> to <PlaceText place={migration.to} />. Stopped at
        “{stageWords[migration.stage]}”, <Ago at={migration.at} />. {whereText(migration)}
      </p>
      {fault === undefined ? null : <ErrorText report={fault} live />}
    </Card>
  );
}
