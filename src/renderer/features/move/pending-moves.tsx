import type { PendingMigration } from '@shared/model/migration';
import { useMemo } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { Card } from '../../components/card';
import { ErrorText } from '../../components/error-text';
import { Ago } from '../../components/ago';
import { PlaceText } from './place-text';
import { stageWords, whereText } from './words';

/** Migrations that were broken off: of one environment, or of all. */
export function PendingMoves({ environmentId }: { readonly environmentId?: string }) {
  const pending = useFeature('move', (state) => state.pending);
  const shown = useMemo(
    () =>
      pending.filter((move) => environmentId === undefined || move.environmentId === environmentId),
    [pending, environmentId],
  );
  if (shown.length === 0) return null;
  return (
    <section aria-label="Unfinished migrations" className="flex flex-col gap-3">
      {shown.map((move) => (
        <UnfinishedMove key={move.id} move={move} />
      ))}
    </section>
  );
}

function UnfinishedMove({ move }: { readonly move: PendingMigration }) {
  const { move: store } = useStores();
  const busy = useFeature('move', (state) => state.busy.has(move.id));
  const fault = useFeature('move', (state) => state.pendingFaults.get(move.id));
  const { resume, undo, keepBoth } = store.getState();
  if (move.running) {
    return (
      <Card tone="info" title={`The migration of ${move.name} is under way`}>
        <p className="break-words text-text-2">
          To <PlaceText place={move.to} />. {whereText(move)}
        </p>
      </Card>
    );
  }
  return (
    <Card
      tone="warn"
      title={`The migration of ${move.name} is not finished`}
      actions={
        <>
          <Button
            isBusy={busy}
            aria-label={`Resume migration of ${move.name}`}
            onPress={() => void resume(move.id)}
          >
            Resume
          </Button>
          <Button
            isDisabled={busy}
            aria-label={`Undo migration of ${move.name}`}
            onPress={() => void undo(move.id)}
          >
            Undo
          </Button>
          {fault?.code === 'COPY_DIFFERS' ? (
            <Button
              isDisabled={busy}
              aria-label={`Keep both copies of ${move.name}`}
              onPress={() => void keepBoth(move.id)}
            >
              Keep both
            </Button>
          ) : null}
        </>
      }
    >
      <p className="break-words text-text-2">
        From <PlaceText place={move.from} /> to <PlaceText place={move.to} />. Stopped at “
        {stageWords[move.stage]}”, <Ago at={move.at} />. {whereText(move)}
      </p>
      {fault === undefined ? null : <ErrorText report={fault} live />}
    </Card>
  );
}
