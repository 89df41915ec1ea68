import type { ReactNode } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { thrownLine } from '../../app/thrown-line';
import { OneFieldForm } from '../../components/one-field-form';
import { secretLabel, secretSchema } from './passphrase';

interface Props {
  readonly onUnlocked?: () => void;
  /** Another button, after “Unlock”. */
  readonly children?: ReactNode;
  readonly takesFocus?: boolean;
}

export function UnlockForm({ onUnlocked, children, takesFocus = false }: Props) {
  const { security } = useStores();
  const mode = useFeature('security', ({ protection }) =>
    protection.mode === 'pin' ? 'pin' : 'passphrase',
  );
  return (
    <div className="w-full max-w-80">
      <OneFieldForm
        label={secretLabel[mode]}
        kind="password"
        schema={secretSchema(mode)}
        submitLabel="Unlock"
        onSubmit={async (passphrase) => {
          await security.getState().unlock(passphrase);
          onUnlocked?.();
        }}
        issueOf={thrownLine}
        align="start"
        takesFocus={takesFocus}
      >
        {children}
      </OneFieldForm>
    </div>
  );
}
