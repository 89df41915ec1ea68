import { isTyped, type Protection } from '@shared/model/protection';
import type { ErrorReport } from '@shared/errors';
import { LockKeyhole } from 'lucide-react';
import { useState } from 'react';
import type { EditsAtLock } from '../../app/edits-at-lock';
import { thrownLine } from '../../app/thrown-line';
import { errorReport } from '../../bridge';
import { Button } from '../../components/button';
import { Card, ErrorCard } from '../../components/card';
import { OneFieldForm } from '../../components/one-field-form';
import { Centred } from '../../components/page';
import { secretLabel, secretSchema } from './passphrase';

export interface LockedPageProps {
  readonly protection: Protection;
  /** Environments with unsaved edits in this window when it was locked. */
  readonly edits: EditsAtLock;
  /** Throws what the call throws. */
  readonly onUnlock: (passphrase?: string) => Promise<void>;
}

/** Where the passphrase is not the proof. */
function explanation({ mode, keychain }: Protection): string {
  switch (mode) {
    case 'keychain':
      return `The key is in ${keychain.name}, and is read again when you unlock.`;
    case 'session':
      return 'Credentials and variables of this computer were kept in memory only. They are gone.';
    case 'passphrase':
      return 'If you forgot the passphrase, start Strongroom again: Settings → Security starts over with a new key.';
    case 'pin':
      return `The key needs ${keychain.name} and your PIN. If you forgot the PIN, start Strongroom again: Settings → Security starts over with a new key.`;
    case 'undecided':
      return 'Nothing was stored yet.';
  }
}

/** The whole window after Lock: the core behind it is a new one, and answers nothing else. */
export const LockedPage = ({ protection, edits: { kept, lost }, onUnlock }: LockedPageProps) => (
  <main className="flex h-full">
    <Centred
      level={1}
      icon={<LockKeyhole aria-hidden className="size-5" />}
      title="Strongroom is locked"
    >
      <p>Values, logins and the key are gone from memory. {explanation(protection)}</p>
      {kept.length === 0 ? null : (
        <p className="break-words">
          Unsaved edits are kept, encrypted, and come back when you unlock: {kept.join(', ')}.
        </p>
      )}
      {lost.length === 0 ? null : (
        <div className="text-left">
          <Card tone="warn" title="Edits were lost">
            <p className="break-words text-text-2">
              Unsaved edits: {lost.join(', ')}. They could not be kept when it locked.
            </p>
          </Card>
        </div>
      )}
      <div className="mt-3 flex justify-center">
        {isTyped(protection.mode) ? (
          <div className="w-full max-w-80">
            <OneFieldForm
              label={secretLabel[protection.mode]}
              kind="password"
              schema={secretSchema(protection.mode)}
              submitLabel="Unlock"
              onSubmit={onUnlock}
              issueOf={thrownLine}
              align="start"
              takesFocus
            />
          </div>
        ) : (
          <UnlockButton onUnlock={onUnlock} />
        )}
      </div>
    </Centred>
  </main>
);

function UnlockButton({ onUnlock }: Pick<LockedPageProps, 'onUnlock'>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorReport>();
  const unlock = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await onUnlock();
    } catch (thrown) {
      setError(errorReport(thrown));
      setBusy(false);
    }
  };
  return (
    <div className="flex flex-col items-center gap-3 text-left">
      <Button variant="primary" isBusy={busy} onPress={() => void unlock()}>
        Unlock
      </Button>
      {error === undefined ? null : <ErrorCard report={error} />}
    </div>
  );
}
