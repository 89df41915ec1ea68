/** What a save that did not go through needs: a choice, a passphrase, or a look at the reason. */
import { useEffect, useRef } from 'react';
import { useFeature, useStores } from '../../../app/stores';
import { Button } from '../../../components/button';
import { Card, ErrorCard } from '../../../components/card';
import { ProtectionForm } from '../../security/protection-form';
import { UnlockForm } from '../../security/unlock-form';

export function SaveOutcome({ onRetry }: { readonly onRetry: () => void }) {
  const { vault } = useStores();
  const { dismissSaveError } = vault.getState();
  const error = useFeature('vault', (state) => state.saveError);
  const frame = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (error !== undefined) frame.current?.scrollIntoView({ block: 'nearest' });
  }, [error]);

  if (error === undefined) return null;
  return (
    <div ref={frame} className="scroll-mb-24">
      {error.code === 'KEY_CHOICE_NEEDED' ? (
        <Card tone="info" title="How should your credentials be kept?" live>
          <p className="pb-2 text-text-2">
            {error.message} They are never stored without encryption, so this is yours to decide.
          </p>
          <ProtectionForm
            modes={['session', 'passphrase']}
            initial="session"
            submitLabel="Continue"
            onChosen={onRetry}
          >
            <Button variant="quiet" onPress={dismissSaveError}>
              Not now
            </Button>
          </ProtectionForm>
        </Card>
      ) : error.code === 'KEY_LOCKED' ? (
        <Card tone="info" title={error.message} live>
          <p className="pb-2 text-text-2">{error.hint}</p>
          <UnlockForm onUnlocked={onRetry}>
            <Button variant="quiet" onPress={dismissSaveError}>
              Not now
            </Button>
          </UnlockForm>
        </Card>
      ) : (
        <ErrorCard report={error} onDismiss={dismissSaveError} />
      )}
    </div>
  );
}
