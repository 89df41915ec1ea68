import { isKeyQuestion } from '@shared/errors';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { ErrorCard } from '@renderer/components/card';
import { KeyQuestion } from '../../security/key-question';

/** Why sync could not be switched on or off. */
export function SyncError({ id, synced }: { readonly id: string; readonly synced: boolean }) {
  const { sync } = useStores();
  const error = useFeature('sync', (state) => (state.id === id ? state.error : undefined));
  const meets = useFeature('sync', (state) => state.meeting !== undefined);
  if (error === undefined) return null;
  const { enable, retry, cancel } = sync.getState();
  const isScheduled = error.code === 'SCHEDULED_FOR_DELETION' && !synced;
  const undelete = (
    <Button variant="primary" onPress={() => void enable(true)}>
      Undelete and overwrite
    </Button>
  );
  return (
    <div className="shrink-0 px-5 pt-3">
      <div className="max-w-2xl">
        {isKeyQuestion(error.code) ? (
          <KeyQuestion
            report={error}
            what={synced ? 'variables' : 'credentials'}
            onRetry={() => void retry()}
            onDismiss={cancel}
          />
        ) : (
          <ErrorCard
            report={error}
            note={
              synced
                ? 'Sync is still on.'
                : isScheduled
                  ? 'This undeletes the secret and overwrites it with your variables. Its old values stay in its history. Until then sync is off.'
                  : 'Sync is still off, and your variables are still on this computer.'
            }
            actions={isScheduled ? undelete : null}
            {...(!meets && { onDismiss: cancel })}
          />
        )}
      </div>
    </div>
  );
}
