import type { ReactNode } from 'react';
import { z } from 'zod';
import { useStores } from '../../app/stores';
import { thrownLine } from '../../app/thrown-line';
import { OneFieldForm } from '../../components/one-field-form';

interface Props {
  readonly onUnlocked?: () => void;
  /** Another button, after “Unlock”. */
  readonly children?: ReactNode;
  readonly takesFocus?: boolean;
}

const typedSchema = z.string().min(1, 'Enter the passphrase.');

export function UnlockForm({ onUnlocked, children, takesFocus = false }: Props) {
  const { security } = useStores();
  return (
    <div className="w-full max-w-80">
      <OneFieldForm
        label="Passphrase"
        kind="password"
        schema={typedSchema}
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
