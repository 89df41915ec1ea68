/** Switching sync off: what becomes of the values here, and a way to export them first. */
import type { Environment } from '@shared/model/environment';
import { providerFacts } from '@shared/providers/facts';
import { useId, useState, type SubmitEvent } from 'react';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { RadioList } from '@renderer/components/choice';
import { Dialog } from '@renderer/components/dialog';
import { plural } from '@renderer/lib/format';
import { unsavedCount } from '../drafts-store';
import { ExportDialog } from '../export/export-button';

interface Props {
  readonly environment: Environment;
  readonly onClose: () => void;
}

export function SwitchOffDialog({ environment, onClose }: Props) {
  const { sync } = useStores();
  const { id, name, path, state } = environment;
  const formId = useId();
  const provider = useFeature('connection', ({ settings }) => settings.provider);
  const unsaved = useFeature('drafts', (drafts) => unsavedCount(drafts, id));
  const isSession = useFeature('security', ({ protection }) => protection.mode === 'session');
  const isBinary = useFeature(
    'environment',
    ({ data }) => data?.environment.id === id && data.shape === 'binary',
  );
  const [copies, setCopies] = useState(false);
  const [isExporting, setExporting] = useState(false);
  const { label } = providerFacts[provider];
  const edits = plural(unsaved, 'unsaved edit');

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onClose();
    void sync.getState().disable(copies);
  };

  return (
    <Dialog
      isOpen
      role="alertdialog"
      title={`Switch sync off for ${name}?`}
      onClose={onClose}
      actions={
        <>
          <Button
            className="mr-auto"
            isDisabled={state !== 'loaded'}
            onPress={() => setExporting(true)}
          >
            Export…
          </Button>
          <Button variant="quiet" onPress={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            form={formId}
            variant={copies || unsaved === 0 ? 'primary' : 'danger'}
          >
            {copies ? 'Keep a copy and switch off' : 'Clear and switch off'}
          </Button>
        </>
      }
    >
      <p className="text-text-2">
        The secret stays in {label} at{' '}
        <span className="font-mono text-xs wrap-anywhere text-text">{path}</span>.
      </p>
      <form id={formId} onSubmit={submit} noValidate>
        <RadioList
          label="The values here"
          value={copies ? 'copy' : 'clear'}
          onChange={(value) => setCopies(value === 'copy')}
          options={[
            {
              value: 'clear',
              label: 'Clear them',
              description: `None of them stays on this computer.${
                unsaved === 0 ? '' : ` ${edits} will be lost.`
              }`,
            },
            {
              value: 'copy',
              label: isSession ? 'Keep a copy here' : 'Keep an encrypted copy here',
              isDisabled: isBinary,
              description: isBinary
                ? 'A binary secret can only be stored at a provider.'
                : `${
                    isSession
                      ? 'In memory until you quit, as you chose in Settings → Security.'
                      : 'On this computer’s disk, sealed with your key.'
                  } It no longer follows ${label}.${
                    unsaved === 0
                      ? ''
                      : ` ${edits} ${unsaved === 1 ? 'becomes' : 'become'} part of it.`
                  }`,
            },
          ]}
        />
      </form>
      {isExporting ? (
        <ExportDialog id={id} name={name} unsaved={unsaved} onClose={() => setExporting(false)} />
      ) : null}
    </Dialog>
  );
}
