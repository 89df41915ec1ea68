import type { ErrorReport } from '@shared/errors';
import type { Environment } from '@shared/model/environment';
import { providerDescriptors } from '@shared/providers';
import { useState } from 'react';
import { useFeature, useStores } from '@renderer/app/stores';
import { errorReport } from '@renderer/bridge';
import { Button } from '@renderer/components/button';
import { ErrorCard } from '@renderer/components/card';
import { Dialog } from '@renderer/components/dialog';
import { formatDate } from '@renderer/lib/format';
import type { Removal } from '../../environments/store';

interface Props {
  readonly environment: Environment;
  readonly onClose: () => void;
}

export function DeleteDialog({ environment, onClose }: Props) {
  const { environments, drafts, navigation, announcements } = useStores();
  const { id, name, synced, path } = environment;
  const provider = useFeature('connection', ({ settings }) => settings.provider);
  const [busy, setBusy] = useState<'here' | 'server'>();
  const [error, setError] = useState<ErrorReport>();
  const { label, traits } = providerDescriptors[provider];
  const isShared = traits.place === 'server';
  const both = isShared ? 'Here and on the server' : `Here and in ${label}`;

  const remove = async (onServer: boolean): Promise<void> => {
    setBusy(onServer ? 'server' : 'here');
    setError(undefined);
    try {
      const { list } = environments.getState();
      const at = list.findIndex((one) => one.id === id);
      const removal = await environments.getState().remove(id, onServer);
      drafts.getState().forget(id);
      const next = list[at + 1] ?? list[at - 1];
      navigation
        .getState()
        .go(next === undefined ? { screen: 'welcome' } : { screen: 'environment', id: next.id });
      announcements.getState().say(`${name} deleted. ${aftermath(onServer, removal)}`.trim());
    } catch (thrown) {
      setError(errorReport(thrown));
      setBusy(undefined);
    }
  };

  return (
    <Dialog
      isOpen
      role="alertdialog"
      title={`Delete ${name}?`}
      onClose={onClose}
      actions={
        <>
          <Button variant="quiet" isDisabled={busy !== undefined} onPress={onClose}>
            Cancel
          </Button>
          {synced ? (
            <>
              <Button
                isBusy={busy === 'here'}
                isDisabled={busy === 'server'}
                onPress={() => void remove(false)}
              >
                Here only
              </Button>
              <Button
                variant="danger"
                isBusy={busy === 'server'}
                isDisabled={busy === 'here'}
                onPress={() => void remove(true)}
              >
                {both}
              </Button>
            </>
          ) : (
            <Button variant="danger" isBusy={busy === 'here'} onPress={() => void remove(false)}>
              Delete environment
            </Button>
          )}
        </>
      }
    >
      {synced ? (
        <div className="flex flex-col gap-2 text-text-2">
          <p>
            <span className="font-medium text-text">Here only:</span> Strongroom forgets the
            environment. The secret stays at <Path path={path} /> in {label}, and Pull All adds it
            again.
          </p>
          <p>
            <span className="font-medium text-text">{both}:</span> the secret at{' '}
            <Path path={path} /> in {label} is deleted
            {isShared ? ' for everyone who uses it' : ' too'}. {traits.recovery}
          </p>
        </div>
      ) : (
        <p className="text-text-2">
          Its variables are on this computer only. They are deleted with it and cannot be recovered.
        </p>
      )}
      {error === undefined ? null : <ErrorCard report={error} note="Nothing was deleted." />}
    </Dialog>
  );
}

const Path = ({ path }: { readonly path: string }) => (
  <span className="font-mono text-xs break-all text-text">{path}</span>
);

function aftermath(onServer: boolean, { recoverable, until }: Removal): string {
  if (!onServer) return '';
  if (until !== undefined) return `It can be undeleted until ${formatDate(until)}.`;
  if (recoverable === true) return 'It can be undeleted on the server.';
  return recoverable === false ? 'It cannot be undeleted.' : '';
}
