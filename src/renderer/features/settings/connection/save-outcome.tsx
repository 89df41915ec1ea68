/** Why a save failed, with the choice or the passphrase that it needs. */
import { isKeyQuestion } from '@shared/errors';
import { useEffect, useRef } from 'react';
import { useFeature, useStores } from '@renderer/app/stores';
import { ErrorCard } from '@renderer/components/card';
import { KeyQuestion } from '../../security/key-question';

export function SaveOutcome({ onRetry }: { readonly onRetry: () => void }) {
  const { connection } = useStores();
  const { dismissSaveError } = connection.getState();
  const error = useFeature('connection', (state) => state.saveError);
  const frame = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (error !== undefined) frame.current?.scrollIntoView({ block: 'nearest' });
  }, [error]);

  if (error === undefined) return null;
  return (
    <div ref={frame} className="scroll-mb-24">
      {isKeyQuestion(error.code) ? (
        <KeyQuestion
          report={error}
          what="credentials"
          onRetry={onRetry}
          onDismiss={dismissSaveError}
        />
      ) : (
        <ErrorCard report={error} onDismiss={dismissSaveError} />
      )}
    </div>
  );
}
