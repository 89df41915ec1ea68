import type { ErrorReport } from '@shared/errors';
import type { Environment } from '@shared/model/environment';
import { providerFacts } from '@shared/providers/facts';
import { recoveryOf } from '@shared/providers/descriptor';
import { useEffect, useId, useState, type SubmitEvent } from 'react';
import { useFeature, useStores } from '@renderer/app/stores';
import { errorReport } from '@renderer/bridge';
import { Button } from '@renderer/components/button';
import { ErrorCard } from '@renderer/components/card';
import { RadioList } from '@renderer/components/choice';
import { Dialog } from '@renderer/components/dialog';
import { TextField } from '@renderer/components/text-field';
import { formatDate } from '@renderer/lib/format';
import type { Removal } from '../../environments/store';

interface Props {
  readonly environment: Environment;
  readonly onClose: () => void;
}

type Where = 'here' | 'server';

export function DeleteDialog({ environment, onClose }: Props) {
  const { environments, drafts, navigation, announcements } = useStores();
  const { id, name, synced, path } = environment;
  const provider = useFeature('connection', ({ settings }) => settings.provider);
  const formId = useId();
  const [where, setWhere] = useState<Where>('here');
  const [typed, setTyped] = useState('');
  const [issue, setIssue] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorReport>();
  const isRecoverable = useRecoverable(environment);
  const { label, traits } = providerFacts[provider];
  const isShared = traits.place === 'server';
  const onServer = synced && where === 'server';
  const there = isShared ? 'on the server' : `in ${label}`;
  const recovery = recoveryOf(traits.recovery, isRecoverable);

  const remove = async (): Promise<void> => {
    if (onServer && typed.trim() !== name) return setIssue(`The name is ${name}.`);
    setBusy(true);
    setError(undefined);
    try {
      const { list } = environments.getState();
      const at = list.findIndex((one) => one.id === id);
      const removal = await environments.getState().remove(id, onServer);
      drafts.getState().forget(id);
      onClose();
      const next = list[at + 1] ?? list[at - 1];
      navigation
        .getState()
        .go(next === undefined ? { screen: 'welcome' } : { screen: 'environment', id: next.id });
      announcements.getState().say(`${name} deleted. ${aftermath(removal, there)}`.trim());
    } catch (thrown) {
      setError(errorReport(thrown));
      setBusy(false);
    }
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!busy) void remove();
  };

  return (
    <Dialog
      isOpen
      role="alertdialog"
      title={synced ? `Remove or delete ${name}?` : `Delete ${name}?`}
      onClose={onClose}
      actions={
        <>
          <Button variant="quiet" isDisabled={busy} onPress={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            form={formId}
            variant={synced && !onServer ? 'primary' : 'danger'}
            isBusy={busy}
          >
            {!synced
              ? 'Delete environment'
              : onServer
                ? `Delete ${there}`
                : 'Remove from this computer'}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} noValidate className="flex flex-col gap-3">
        {synced ? (
          <>
            <RadioList
              label="What to delete"
              value={where}
              isDisabled={busy}
              onChange={(value) => {
                setWhere(value === 'server' ? 'server' : 'here');
                setIssue(undefined);
              }}
              options={[
                {
                  value: 'here',
                  label: 'Remove from this computer',
                  description: `The secret stays at ${path} in ${label}. Pull All adds the environment again.`,
                },
                {
                  value: 'server',
                  label: isShared
                    ? 'Delete on the server too, for everyone'
                    : `Delete in ${label} too`,
                  description: `Deletes the secret at ${path} in ${label}. ${recovery}`,
                },
              ]}
            />
            {onServer ? (
              <TextField
                stacked
                label={`Type ${name} to confirm`}
                value={typed}
                isDisabled={busy}
                issue={issue}
                onChange={(text) => {
                  setTyped(text);
                  setIssue(undefined);
                }}
              />
            ) : null}
          </>
        ) : (
          <p className="text-text-2">
            Its variables are on this computer only. They are deleted with it and cannot be
            recovered.
          </p>
        )}
      </form>
      {error === undefined ? null : <ErrorCard report={error} note="Nothing was deleted." />}
    </Dialog>
  );
}

/** Whether its secret could be undeleted; `undefined` while that is not known, as without a connection. */
function useRecoverable({ id, synced }: Environment): boolean | undefined {
  const { client } = useStores();
  const [isRecoverable, setRecoverable] = useState<boolean>();
  useEffect(() => {
    if (!synced) return undefined;
    const asked = new AbortController();
    client.environments.removal({ id }, { signal: asked.signal }).then(
      ({ recoverable }) => {
        if (!asked.signal.aborted) setRecoverable(recoverable);
      },
      // Deleting asks the same server, and says what is wrong with it. Until then both sentences stay.
      () => undefined,
    );
    return () => asked.abort();
  }, [client, id, synced]);
  return isRecoverable;
}

function aftermath({ absent, recoverable, until }: Removal, there: string): string {
  if (absent === true) return `There was nothing ${there}.`;
  if (until !== undefined) return `It can be undeleted until ${formatDate(until)}.`;
  if (recoverable === true) return `It can be undeleted ${there}.`;
  return recoverable === false ? 'It cannot be undeleted.' : '';
}
