/** Settings → Security: a new key in the place of the present one. */
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { isTyped, wordOf } from '@shared/model/protection';
import type { ErrorReport } from '@shared/errors';
import { useFeature, useStores } from '@renderer/app/stores';
import { thrownLine } from '@renderer/app/thrown-line';
import { errorReport } from '@renderer/bridge';
import { Button } from '@renderer/components/button';
import { Card, ErrorCard } from '@renderer/components/card';
import { OneFieldForm } from '@renderer/components/one-field-form';
import { Section } from '@renderer/components/page';
import { secretSchema } from '../../security/passphrase';

export function ReplaceKeySection() {
  const { client, announcements } = useStores();
  const { mode, keychain } = useFeature('security', (state) => state.protection);
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorReport>();

  const close = (): void => {
    setAsking(false);
    setError(undefined);
  };
  const replace = async (current?: string): Promise<void> => {
    setError(undefined);
    await client.security.replaceKey(current === undefined ? {} : { current });
    close();
    announcements.getState().say('Everything is encrypted with a new key.');
  };
  const replaceUnasked = async (): Promise<void> => {
    setBusy(true);
    try {
      await replace();
    } catch (thrown) {
      setError(errorReport(thrown));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Section title="Key">
      <p className="max-w-prose text-text-2">
        Makes a new key and encrypts everything again, for example after somebody saw your data
        directory. Your providers and their credentials stay as they are.
      </p>
      {isAsking ? (
        <Card tone="warn" title="Encrypt everything again with a new key?" live>
          <p className="max-w-prose pb-2 text-text-2">
            The old key then opens nothing. Backups and databases that were set aside are deleted if
            they hold anything encrypted, because only the old key opens them. Strongroom makes a
            new backup soon after.
            {isTyped(mode) ? ` Your ${wordOf(mode)} stays the same.` : ''}
            {mode === 'passphrase'
              ? ''
              : ` A copy of the data directory from before cannot be opened any more: its key leaves ${keychain.name}.`}
          </p>
          {error === undefined ? null : <ErrorCard report={error} />}
          {isTyped(mode) ? (
            <div className="w-full max-w-80">
              <OneFieldForm
                label={`Current ${wordOf(mode)}`}
                kind="password"
                schema={secretSchema(mode)}
                submitLabel="Re-encrypt"
                onSubmit={replace}
                issueOf={thrownLine}
                align="start"
                takesFocus
              >
                <Button variant="quiet" onPress={close}>
                  Cancel
                </Button>
              </OneFieldForm>
            </div>
          ) : (
            <div className="flex flex-wrap gap-2">
              <Button variant="primary" isBusy={isBusy} onPress={() => void replaceUnasked()}>
                Re-encrypt
              </Button>
              <Button variant="quiet" onPress={close}>
                Cancel
              </Button>
            </div>
          )}
        </Card>
      ) : (
        <div>
          <Button
            onPress={() => setAsking(true)}
            icon={<KeyRound aria-hidden className="size-3.5" />}
          >
            Re-encrypt…
          </Button>
        </div>
      )}
    </Section>
  );
}
