/** Import…: reads a `.env` from a file, a paste or a drop, previews it, and makes unsaved edits of it. */
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { ErrorReport } from '@shared/errors';
import { FileUp } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import {
  DropZone,
  FileTrigger,
  Label,
  TableBody,
  TableHeader,
  TextArea,
  TextField,
  type DropItem,
} from 'react-aria-components';
import { useFeature, useStores } from '@renderer/app/stores';
import { errorReport } from '@renderer/bridge';
import { Button } from '@renderer/components/button';
import { Card, ErrorCard } from '@renderer/components/card';
import { InlineSwitch } from '@renderer/components/switch';
import { Cell, Column, LongTable, Row } from '@renderer/components/table';
import type { TallRows } from '@renderer/components/tall-rows-layout';
import { cx } from '@renderer/lib/class-names';
import { formatCount, plural } from '@renderer/lib/format';
import { scaled } from '@renderer/lib/rem';
import { putValues, rowId, rowsOf } from '../draft';
import {
  NOTHING_TO_IMPORT,
  checkText,
  effective,
  planImport,
  readImport,
  readSource,
  type Compared,
  type ImportAction,
  type ImportFile,
  type ImportStep,
  type Source,
} from './import-plan';

interface Read {
  readonly name: string;
  readonly file: ImportFile;
  readonly compared: Compared;
}

async function sourceOfDrop(items: readonly DropItem[]): Promise<Source | undefined> {
  for (const item of items) {
    if (item.kind === 'file') return readSource(await item.getFile());
    if (item.kind === 'text' && item.types.has('text/plain')) {
      return checkText(await item.getText('text/plain'));
    }
  }
  return undefined;
}

export function ImportPane({ data }: { readonly data: OpenEnvironment }) {
  const { client, environment } = useStores();
  const { id } = data.environment;
  const [read, setRead] = useState<Read>();
  const [refusal, setRefusal] = useState<string>();
  const [error, setError] = useState<ErrorReport>();
  const [pasted, setPasted] = useState('');
  const offered = useFeature('environment', (screen) => screen.offered);
  const close = (): void => environment.getState().setMode('grid');

  const take = async (name: string, source: Source | undefined): Promise<void> => {
    setRefusal(undefined);
    setError(undefined);
    if (source === undefined) return;
    if (source.refusal !== undefined) return setRefusal(source.refusal);
    const file = readImport(source.text);
    if (file.entries.length === 0) {
      return setRefusal(NOTHING_TO_IMPORT);
    }
    try {
      const compared = await client.environments.compareValues({ id, entries: [...file.entries] });
      setRead({ name, file, compared });
    } catch (thrown) {
      setError(errorReport(thrown));
    }
  };

  useEffect(() => {
    if (offered === undefined) return undefined;
    let isCurrent = true;
    const file = readImport(offered.text);
    client.environments.compareValues({ id, entries: [...file.entries] }).then(
      (compared) => isCurrent && setRead({ name: offered.name, file, compared }),
      (thrown: unknown) => isCurrent && setError(errorReport(thrown)),
    );
    return () => {
      isCurrent = false;
    };
  }, [client, id, offered]);

  if (read !== undefined) {
    return <Preview data={data} read={read} onBack={() => setRead(undefined)} onClose={close} />;
  }
  return (
    <section aria-label="Import" className="flex min-h-0 flex-1 flex-col">
      <div className="min-h-0 flex-1 overflow-auto px-5 py-3">
        <div className="flex max-w-3xl flex-col gap-3">
          <h2 className="text-lg font-semibold">Import a .env file</h2>
          {refusal === undefined ? null : (
            <Card tone="bad" title="This cannot be imported" live>
              <p className="text-text-2">{refusal}</p>
            </Card>
          )}
          {error === undefined ? null : <ErrorCard report={error} />}
          <DropZone
            aria-label="Drop a .env file here"
            onDrop={(event) => {
              void sourceOfDrop(event.items).then((source) => take('dropped', source));
            }}
            className="flex flex-col items-center gap-2 rounded-lg border border-dashed border-line-strong bg-raised px-4 py-6 text-center text-text-2 data-drop-target:border-focus data-drop-target:bg-brass-wash"
          >
            <FileUp aria-hidden className="size-5" />
            <p>Drop a .env file here, or choose one. Up to 5 MB.</p>
            <FileTrigger
              onSelect={(files) => {
                const file = files?.[0];
                if (file !== undefined) {
                  void readSource(file).then((source) => take(file.name, source));
                }
              }}
            >
              <Button>Choose file…</Button>
            </FileTrigger>
          </DropZone>
          <TextField
            value={pasted}
            onChange={setPasted}
            className="flex flex-col gap-1"
            spellCheck="false"
            autoComplete="off"
          >
            <Label className="font-medium">Or paste it</Label>
            <TextArea
              rows={7}
              placeholder={'DB_HOST=db.internal\nDB_PORT=5432'}
              className="field-box w-full resize-y px-2.5 py-1.5 font-mono text-xs leading-5"
            />
          </TextField>
        </div>
      </div>
      <footer className="flex items-center justify-end gap-2 border-t border-line bg-raised px-5 py-2.5">
        <Button variant="quiet" onPress={close}>
          Cancel
        </Button>
        <Button
          variant="primary"
          isDisabled={pasted.trim() === ''}
          onPress={() => void take('pasted text', checkText(pasted))}
        >
          Preview
        </Button>
      </footer>
    </section>
  );
}

interface PreviewProps {
  readonly data: OpenEnvironment;
  readonly read: Read;
  readonly onBack: () => void;
  readonly onClose: () => void;
}

const NO_TALL_ROWS: TallRows = new Map();

function Preview({ data, read, onBack, onClose }: PreviewProps) {
  const { environment, announcements } = useStores();
  const { id } = data.environment;
  const draft = useFeature('drafts', (state) => state.histories.get(id)?.present);
  const [overwrite, setOverwrite] = useState(false);
  const steps = useMemo(
    () => planImport(read.file, rowsOf(data.variables, draft), read.compared, overwrite),
    [read, data.variables, draft, overwrite],
  );
  const items = useMemo(() => steps.map((step) => ({ ...step, id: rowId(step.key) })), [steps]);
  const made = effective(steps);

  const put = (): void => {
    environment.getState().alter((before) => putValues(before, data.variables, made));
    announcements.getState().say(`${plural(made.length, 'variable')} imported. Save to keep them.`);
    onClose();
  };

  return (
    <section aria-label="Import" className="flex min-h-0 flex-1 flex-col">
      <div className="flex flex-col gap-1.5 px-5 py-3">
        <h2 className="text-lg font-semibold break-words">Import {read.name}</h2>
        <output className="text-text-2 tabular-nums">{summaryOf(steps)}</output>
        <InlineSwitch
          label="Overwrite existing keys"
          isSelected={overwrite}
          onChange={setOverwrite}
        />
        {read.file.problems.length === 0 ? null : (
          <Card tone="warn" title={`Check ${plural(read.file.problems.length, 'line')}`}>
            <ul className="max-h-24 overflow-auto text-xs">
              {read.file.problems.map(({ line, message }, index) => (
                // oxlint-disable-next-line react/no-array-index-key -- in the order of the file
                <li key={index}>
                  <span className="text-text-2 tabular-nums">Line {line}</span> {message}
                </li>
              ))}
            </ul>
          </Card>
        )}
      </div>
      <LongTable aria-label="What is imported" tall={NO_TALL_ROWS}>
        <TableHeader>
          <Column id="key" isRowHeader width="1fr" minWidth={scaled(150)} className="pl-5">
            Key
          </Column>
          <Column id="action" width="1fr" minWidth={scaled(170)}>
            What happens
          </Column>
        </TableHeader>
        <TableBody items={items}>
          {(step) => (
            <Row id={step.id} textValue={step.key}>
              <Cell className="pl-5">
                <span className="min-w-0 truncate font-mono text-xs leading-5" title={step.key}>
                  {step.key}
                </span>
              </Cell>
              <Cell>
                <span className={cx('text-xs leading-5', actionTones[step.action])}>
                  {actionWords[step.action]}
                </span>
              </Cell>
            </Row>
          )}
        </TableBody>
      </LongTable>
      <footer className="flex items-center justify-end gap-2 border-t border-line bg-raised px-5 py-2.5">
        <Button variant="quiet" className="mr-auto" onPress={onBack}>
          Back
        </Button>
        <Button variant="quiet" onPress={onClose}>
          Cancel
        </Button>
        <Button variant="primary" isDisabled={made.length === 0} onPress={put}>
          Import
        </Button>
      </footer>
    </section>
  );
}

const actionWords: Readonly<Record<ImportAction, string>> = {
  add: 'added',
  change: 'changed',
  keep: 'skipped, value kept',
  same: 'skipped, same value',
  blank: 'skipped, no value',
};

const actionTones: Readonly<Record<ImportAction, string>> = {
  add: 'text-good',
  change: 'text-brass',
  keep: 'text-text-2',
  same: 'text-text-2',
  blank: 'text-text-2',
};

function summaryOf(steps: readonly ImportStep[]): string {
  const count = (...actions: ImportAction[]): number =>
    steps.filter(({ action }) => actions.includes(action)).length;
  const skipped = count('keep', 'same', 'blank');
  return `${formatCount(count('add'))} added, ${formatCount(count('change'))} changed, ${formatCount(skipped)} skipped.`;
}
