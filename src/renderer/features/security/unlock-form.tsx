import { useState, type ReactNode, type SubmitEvent } from 'react';
import { useStores } from '../../app/stores';
import { errorReport } from '../../bridge';
import { Button } from '../../components/button';
import { PasswordField } from '../../components/text-field';

interface Props {
  readonly onUnlocked?: () => void;
  /** Stands beside “Unlock”. */
  readonly children?: ReactNode;
  readonly takesFocus?: boolean;
}

export function UnlockForm({ onUnlocked, children, takesFocus = false }: Props) {
  const { security } = useStores();
  const [passphrase, setPassphrase] = useState('');
  const [issue, setIssue] = useState<string>();
  const [busy, setBusy] = useState(false);

  const unlock = async (): Promise<void> => {
    if (passphrase === '') {
      setIssue('Enter the passphrase.');
      return;
    }
    setBusy(true);
    try {
      await security.getState().unlock(passphrase);
      setPassphrase('');
      onUnlocked?.();
    } catch (error) {
      const { message, hint } = errorReport(error);
      setIssue(`${message} ${hint}`);
    } finally {
      setBusy(false);
    }
  };

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!busy) void unlock();
  };

  return (
    <form onSubmit={submit} noValidate className="flex w-full max-w-80 flex-col gap-3 text-left">
      <PasswordField
        label="Passphrase"
        value={passphrase}
        onChange={(text) => {
          setPassphrase(text);
          setIssue(undefined);
        }}
        issue={issue}
        // Only on the page that is there for it.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus={takesFocus}
        stacked
      />
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" type="submit" isBusy={busy}>
          Unlock
        </Button>
        {children}
      </div>
    </form>
  );
}
