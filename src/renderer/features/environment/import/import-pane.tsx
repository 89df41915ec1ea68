/** Import…: reads a file, a paste or a drop, previews it, and makes unsaved edits of it. */
import type { ImportFile, ImportProblem } from '@shared/model/import/read-import';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { Client } from '@shared/contract/window';
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
import { ActionBar } from '@renderer/components/page';
import { Card, ErrorCard } from '@renderer/components/card';
import { InlineSwitch } from '@renderer/components/switch';
import { Cell, Column, LongTable, Row } from '@renderer/components/table';
import type { TallRows } from '@renderer/components/tall-rows-layout';
import { cx } from '@renderer/lib/class-names';
import { formatCount, plural } from '@renderer/lib/format';
import { scaled } from '@renderer/lib/rem';
import { putValues, rowId, rowsOf } from '../draft';
import {
  checkText,
  effective,
  planImport,
  readSource,
  readVariables,
  type Compared,
  type ImportAction,
  type ImportStep,
  type Source,
} from './import-plan';

interface Read {
  readonly name: string;
  readonly file: ImportFile;
  readonly compared: Compared;
}

interface Named {
  readonly name: string;
  readonly source: Source;
}

async function sourceOfDrop(items: readonly DropItem[]): Promise<Named | undefined> {
  for (const item of items) {
    if (item.kind === 'file') {
      return { name: item.name, source: await readSource(await item.getFile()) };
    }
    if (item.kind === 'text' && item.types.has('text/plain')) {
      return { name: 'dropped text', source: checkText(await item.getText('text/plain')) };
    }
  }
  return undefined;
}

/** What became of a text: a preview, or why there is none. */
interface Outcome {
  readonly read?: Read;
  readonly refusal?: string;
  readonly error?: ErrorReport;
}

async function preview(client: Client, id: string, { name, source }: Named): Promise<Outcome> {
  if (source.refusal !== undefined) return { refusal: source.refusal };
  try {
    const { file, refusal } = await readVariables(source.text, name);
    if (refusal !== undefined) return { refusal };
    const compared = await client.environments.compareValues({ id, entries: [...file.entries] });
    return { read: { name, file, compared } };
  } catch (thrown) {
    return { error: errorReport(thrown) };
  }
}

export function ImportPane({ data }: { readonly data: OpenEnvironment }) {
  const { client, environment } = useStores();
  const { id } = data.environment;
  const offered = useFeature('environment', (screen) => screen.offered);
  const [pasted, setPasted] = useState(offered?.text ?? '');
  const [{ read, refusal, error }, setOutcome] = useState<Outcome>({});
  const close = (): void => environment.getState().setMode('grid');

  const take = (named: Named): void => {
    void preview(client, id, named).then(setOutcome);
  };

  useEffect(() => {
    if (offered === undefined) return undefined;
    let isCurrent = true;
    const named = { name: offered.name, source: { text: offered.text } };
    void preview(client, id, named).then((outcome) => isCurrent && setOutcome(outcome));
    return () => {
      isCurrent = false;
    };
  }, [client, id, offered]);

  if (read !== undefined) {
    return <Preview data={data} read={read} onBack={() => setOutcome({})} onClose={close} />;
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
              void sourceOfDrop(event.items).then((dropped) => dropped && take(dropped));
            }}
            className="flex flex-col items-center gap-2 rounded-lg border border-dashed border-line-strong bg-raised px-4 py-6 text-center text-text-2 data-drop-target:border-focus data-drop-target:bg-brass-wash"
          >
            <FileUp aria-hidden className="size-5" />
            <p>Drop a .env file here, or choose one. JSON and YAML work too. Up to 5 MB.</p>
            <FileTrigger
              onSelect={(files) => {
                const file = files?.[0];
                if (file !== undefined) {
                  void readSource(file).then((source) => take({ name: file.name, source }));
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
      <ActionBar>
        <span className="flex-1" />
        <Button variant="quiet" onPress={close}>
          Cancel
        </Button>
        <Button
          variant="primary"
          isDisabled={pasted.trim() === ''}
          onPress={() => take({ name: 'pasted text', source: checkText(pasted) })}
        >
          Preview
        </Button>
      </ActionBar>
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
  const { entries, problems } = read.file;
  const [overwrite, setOverwrite] = useState(false);
  const [empty, setEmpty] = useState(false);
  const steps = useMemo(
    () => planImport(entries, rowsOf(data.variables, draft), read.compared, { overwrite, empty }),
    [entries, read.compared, data.variables, draft, overwrite, empty],
  );
  const items = useMemo(() => steps.map((step) => ({ ...step, id: rowId(step.key) })), [steps]);
  const made = effective(steps);
  const variables = made.map(({ key, value }) => ({ key, value }));

  const put = (): void => {
    environment.getState().alter((before) => putValues(before, data.variables, variables));
    announcements.getState().say(`${plural(made.length, 'variable')} imported. Save to keep them.`);
    onClose();
  };

  return (
    <section aria-label="Import" className="flex min-h-0 flex-1 flex-col">
      <div className="flex flex-col gap-1.5 px-5 py-3">
        <h2 className="text-lg font-semibold break-words">Import {read.name}</h2>
        <output className="text-text-2 tabular-nums">{summaryOf(steps)}</output>
        <div className="flex flex-wrap gap-x-5 gap-y-1.5">
          <InlineSwitch
            label="Overwrite existing keys"
            isSelected={overwrite}
            onChange={setOverwrite}
          />
          <InlineSwitch label="Import empty values" isSelected={empty} onChange={setEmpty} />
        </div>
        {problems.length === 0 ? null : <Problems problems={problems} />}
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
      <ActionBar>
        <Button variant="quiet" className="mr-auto -ml-2.5" onPress={onBack}>
          Back
        </Button>
        <Button variant="quiet" onPress={onClose}>
          Cancel
        </Button>
        <Button variant="primary" isDisabled={made.length === 0} onPress={put}>
          Import
        </Button>
      </ActionBar>
    </section>
  );
}

function Problems({ problems }: { readonly problems: readonly ImportProblem[] }) {
  const unit = problems.every(({ line }) => line !== undefined) ? 'line' : 'note';
  return (
    <Card tone="warn" title={`Check ${plural(problems.length, unit)}`}>
      <ul className="max-h-24 overflow-auto text-xs">
        {problems.map(({ line, message }, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- in the order of the file
          <li key={index} className="break-words">
            {line === undefined ? null : (
              <span className="text-text-2 tabular-nums">Line {line} </span>
            )}
            {message}
          </li>
        ))}
      </ul>
    </Card>
  );
}

const actionWords: Readonly<Record<ImportAction, string>> = {
  add: 'added',
  change: 'changed',
  keep: 'skipped, value kept',
  same: 'skipped, same value',
  blank: 'skipped, no value',
  unread: 'skipped, not read',
};

const actionTones: Readonly<Record<ImportAction, string>> = {
  add: 'text-good',
  change: 'text-brass',
  keep: 'text-text-2',
  same: 'text-text-2',
  blank: 'text-text-2',
  unread: 'text-warn',
};

function summaryOf(steps: readonly ImportStep[]): string {
  const count = (...actions: ImportAction[]): number =>
    steps.filter(({ action }) => actions.includes(action)).length;
  const skipped = count('keep', 'same', 'blank', 'unread');
  return `${formatCount(count('add'))} added, ${formatCount(count('change'))} changed, ${formatCount(skipped)} skipped.`;
}
