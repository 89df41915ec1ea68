/** Export…: the saved variables as `.env`, JSON or shell, in a file or on the clipboard. */
import { exportFormats, type ExportFormat } from '@shared/model/open-environment';
import type { ErrorReport } from '@shared/errors';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useCommand } from '@renderer/app/use-command';
import { useStores } from '@renderer/app/stores';
import { errorReport } from '@renderer/bridge';
import { Button } from '@renderer/components/button';
import { Card, ErrorCard } from '@renderer/components/card';
import { RadioList } from '@renderer/components/choice';
import { Dialog } from '@renderer/components/dialog';
import { download } from '@renderer/lib/download';
import { plural } from '@renderer/lib/format';
import { useCopyText } from '../use-copy-text';

interface Props {
  readonly id: string;
  readonly name: string;
  /** The number of unsaved edits, which are not exported. */
  readonly unsaved: number;
}

export function ExportButton({ id, name, unsaved }: Props) {
  const [isOpen, setOpen] = useState(false);
  useCommand('export', () => setOpen(true));
  return (
    <>
      <Button variant="quiet" onPress={() => setOpen(true)}>
        Export…
      </Button>
      {isOpen ? (
        <ExportDialog id={id} name={name} unsaved={unsaved} onClose={() => setOpen(false)} />
      ) : null}
    </>
  );
}

const formats: Readonly<Record<ExportFormat, { label: string; description: string }>> = {
  dotenv: { label: '.env', description: 'For dotenv, Node (--env-file) and python-dotenv.' },
  compose: { label: 'Docker Compose (.env)', description: 'For env_file, and .env beside it.' },
  docker: {
    label: 'docker run (--env-file)',
    description: 'One line for each variable, without quotes.',
  },
  json: { label: 'JSON', description: 'Numbers, nested values and all keys as they are.' },
  shell: { label: 'Shell', description: 'export lines, for source in sh and bash.' },
};

interface Prepared {
  readonly to: 'file' | 'clipboard';
  readonly text: string;
  readonly fileName: string;
  readonly warnings: readonly string[];
}

export function ExportDialog({
  id,
  name,
  unsaved,
  onClose,
}: Props & { readonly onClose: () => void }) {
  const { client, announcements } = useStores();
  const copyText = useCopyText();
  const [format, setFormat] = useState<ExportFormat>('dotenv');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorReport>();
  const [prepared, setPrepared] = useState<Prepared>();

  const finish = async ({ to, text, fileName }: Prepared): Promise<void> => {
    if (to === 'file') {
      download(text, fileName);
      announcements.getState().say(`${fileName} written to your downloads. It is not encrypted.`);
    } else {
      if (!(await copyText(text))) return;
    }
    onClose();
  };

  /** Exports at once, unless there are warnings to read first. */
  const start = async (to: Prepared['to']): Promise<void> => {
    setBusy(true);
    setError(undefined);
    setPrepared(undefined);
    try {
      const exported = { to, ...(await client.environments.export({ id, format })) };
      if (exported.warnings.length === 0) await finish(exported);
      else setPrepared(exported);
    } catch (thrown) {
      setError(errorReport(thrown));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      isOpen
      title={`Export ${name}`}
      onClose={onClose}
      actions={
        <>
          <Button variant="quiet" onPress={onClose}>
            Cancel
          </Button>
          {prepared === undefined ? (
            <>
              <Button isDisabled={busy} onPress={() => void start('clipboard')}>
                Copy
              </Button>
              <Button
                variant="primary"
                isBusy={busy}
                icon={<Download aria-hidden className="size-3.5" />}
                onPress={() => void start('file')}
              >
                Download
              </Button>
            </>
          ) : (
            <Button variant="primary" onPress={() => void finish(prepared)}>
              {prepared.to === 'file' ? 'Download anyway' : 'Copy anyway'}
            </Button>
          )}
        </>
      }
    >
      <RadioList
        label="Format"
        value={format}
        onChange={(value) => {
          const chosen = exportFormats.find((known) => known === value);
          if (chosen !== undefined) setFormat(chosen);
          setPrepared(undefined);
        }}
        options={exportFormats.map((value) => ({ value, ...formats[value] }))}
      />
      <p className="text-xs text-text-2">
        The values are written as they are, not encrypted. Disabled variables are left out.
        {unsaved > 0
          ? ` ${plural(unsaved, 'unsaved edit')} ${unsaved === 1 ? 'is' : 'are'} not included.`
          : ''}
      </p>
      {prepared === undefined ? null : (
        <Card tone="warn" title={plural(prepared.warnings.length, 'warning')} live>
          <ul className="max-h-40 list-disc overflow-auto pl-4 text-xs text-text-2">
            {prepared.warnings.map((warning) => (
              <li key={warning} className="break-words">
                {warning}
              </li>
            ))}
          </ul>
        </Card>
      )}
      {error === undefined ? null : <ErrorCard report={error} />}
    </Dialog>
  );
}
