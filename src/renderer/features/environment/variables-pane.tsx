import type { OpenEnvironment } from '@shared/contract/environments';
import { Plus } from 'lucide-react';
import {
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
} from 'react';
import { TableBody, TableHeader } from 'react-aria-components';
import type { ErrorReport } from '@shared/errors';
import type { KeyIssue } from '@shared/model/key-rules';
import { useCommand } from '../../app/commands';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { SearchField } from '../../components/search-field';
import { Skeleton } from '../../components/skeleton';
import { Cell, Column, LongTable, Row as TableRow } from '../../components/table';
import type { TallRows } from '../../components/tall-rows-layout';
import { formatCount, plural } from '../../lib/format';
import { scaled } from '../../lib/rem';
import { CellEditor } from './cell-editor';
import { countsOf, isWholeSecret, rowsOf, type Row } from './draft';
import { DraftBar } from './draft-bar';
import { ExportButton } from './export/export-button';
import { GridContext, type Grid } from './grid-context';
import { KeyCell } from './key-cell';
import { KindChip } from './kind-chip';
import { rowIssues } from './row-issues';
import { RowMenu, removeRow, restoreRow, type OpenMenu } from './row-menu';
import { ValueCell } from './value-cell';

const shapeNotes: Partial<Record<OpenEnvironment['shape'], string>> = {
  text: 'This secret is not a JSON object, so it is shown as one text value.',
  binary: 'This secret is binary. Strongroom keeps it locked and does not show it.',
};

const NO_ISSUES: ReadonlyMap<string, KeyIssue> = new Map();

export function VariablesPane({ data }: { readonly data: OpenEnvironment }) {
  const { environment, drafts } = useStores();
  const { variables, shape } = data;
  const { id } = data.environment;
  const draft = useFeature('drafts', (state) => state.histories.get(id)?.present);
  const isSaving = useFeature('drafts', (state) => state.saving.has(id));
  const editing = useFeature('environment', (state) => state.editing);
  const revealed = useFeature('environment', (state) => state.revealed);
  const faults = useFeature('environment', (state) => state.faults);
  const [filter, setFilter] = useState('');
  const [isReview, setReview] = useState(false);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [menu, setMenu] = useState<OpenMenu>();
  const frame = useRef<HTMLDivElement>(null);
  const deferred = useDeferredValue(filter);

  const rows = useMemo(() => rowsOf(variables, draft), [variables, draft]);
  const counts = useMemo(() => countsOf(draft), [draft]);
  const allIssues = useMemo(() => (shape === 'map' ? rowIssues(rows) : NO_ISSUES), [rows, shape]);
  // A key that is being typed is judged where it is typed.
  const typing = editing?.field === 'key' ? editing.row.id : undefined;
  const issues = useMemo(
    () =>
      typing === undefined
        ? allIssues
        : new Map([...allIssues].filter(([rowId]) => rowId !== typing)),
    [allIssues, typing],
  );
  const reviews = isReview && counts.total > 0;
  const shown = useMemo(() => shownRows(rows, deferred, reviews), [rows, deferred, reviews]);
  const tall = useMemo(
    () => tallRows(rows, revealed, faults, issues),
    [rows, revealed, faults, issues],
  );
  const isStale = counts.total > 0 && draft?.base !== data.base;
  const isReadOnly = isSaving || isStale || shape === 'binary';

  const openMenu = useCallback((row: Row, at: HTMLElement) => setMenu({ row, at }), []);
  const grid = useMemo<Grid>(
    () => ({ issues, isReadOnly, setAnchor, openMenu }),
    [issues, isReadOnly, openMenu],
  );

  useEffect(() => {
    // What is added stands at the end, which has to be drawn before it can be typed into.
    if (editing?.row.addition === undefined || anchor !== null) return undefined;
    const request = requestAnimationFrame(() => {
      const table = frame.current?.querySelector('[role="grid"]');
      table?.scrollTo({ top: table.scrollHeight });
    });
    return () => cancelAnimationFrame(request);
  }, [editing, anchor]);

  const canEdit = shape === 'map' && !isReadOnly;
  const { add, setMode } = environment.getState();
  useCommand('add-variable', canEdit ? add : undefined);
  useCommand('edit-as-text', canEdit ? () => setMode('text') : undefined);
  useCommand('import', canEdit ? () => setMode('import') : undefined);
  useCommand('filter-variables', () => frame.current?.querySelector('input')?.focus());
  useCommand('undo', () => drafts.getState().undo(id));
  useCommand('redo', () => drafts.getState().redo(id));

  /** The row an event is about, and whether it is about its key. */
  const rowOf = (
    target: EventTarget,
  ): { row: Row; cell: HTMLElement; isKey: boolean } | undefined => {
    if (!(target instanceof HTMLElement)) return undefined;
    const rowId = target.closest<HTMLElement>('[role="row"]')?.dataset['key'];
    const row = shown.find((one) => one.id === rowId);
    if (row === undefined) return undefined;
    const cell = target.closest<HTMLElement>('[role="gridcell"],[role="rowheader"]') ?? target;
    return { row, cell, isKey: cell.role === 'rowheader' };
  };

  const onKeyDownCapture = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isReadOnly) return;
    const found = rowOf(event.target);
    // Buttons inside a cell have their own use for these keys.
    if (found === undefined || !(event.target instanceof HTMLElement)) return;
    if (event.target.role === null) return;
    const { row, cell, isKey } = found;
    if (event.key === 'Enter' || event.key === 'F2') {
      void environment.getState().edit(row, isKey && !isWholeSecret(row) ? 'key' : 'value');
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && !isWholeSecret(row)) {
      environment.getState().alter(row.change === 'removed' ? restoreRow(row) : removeRow(row));
    } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      openMenu(row, cell);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onDoubleClick = (event: MouseEvent): void => {
    const found = rowOf(event.target);
    if (found === undefined || isReadOnly || isInButton(event.target)) return;
    const { row, isKey } = found;
    void environment.getState().edit(row, isKey && !isWholeSecret(row) ? 'key' : 'value');
  };

  const onContextMenu = (event: MouseEvent): void => {
    const found = rowOf(event.target);
    if (found === undefined || isReadOnly) return;
    event.preventDefault();
    openMenu(found.row, found.cell);
  };

  const note = shapeNotes[shape];
  const errors = [...allIssues.values()].filter(({ level }) => level === 'error').length;

  return (
    <div ref={frame} className="@container flex min-h-0 flex-1 flex-col">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-5 py-2.5">
        {note === undefined ? (
          <>
            <SearchField
              label="Filter variables"
              placeholder={`Filter ${plural(rows.length, 'variable')}`}
              value={filter}
              onChange={setFilter}
              className="w-full max-w-75 min-w-40 flex-1"
            />
            <output className="shrink-0 text-xs text-text-3 tabular-nums">
              {deferred.trim() === '' && !reviews
                ? ''
                : `${formatCount(shown.length)} of ${formatCount(rows.length)}`}
            </output>
            <div className="ml-auto flex flex-wrap items-center gap-1">
              <Button variant="quiet" isDisabled={!canEdit} onPress={() => setMode('text')}>
                Edit as text
              </Button>
              <Button variant="quiet" isDisabled={!canEdit} onPress={() => setMode('import')}>
                Import…
              </Button>
              <ExportButton id={id} name={data.environment.name} unsaved={counts.total} />
              <Button
                className="ml-1"
                isDisabled={!canEdit}
                icon={<Plus aria-hidden className="size-3.5" />}
                onPress={add}
              >
                Add variable
              </Button>
            </div>
          </>
        ) : (
          <p className="text-text-2">{note}</p>
        )}
      </div>
      <GridContext value={grid}>
        {/* Keys and clicks of the grid as a whole: its rows and cells are React Aria's. */}
        {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions */}
        <div
          className="relative flex min-h-0 flex-1 flex-col overflow-hidden"
          onKeyDownCapture={onKeyDownCapture}
          onDoubleClick={onDoubleClick}
          onContextMenu={onContextMenu}
        >
          <LongTable aria-label="Variables" tall={tall}>
            <TableHeader>
              <Column id="key" isRowHeader width="1fr" minWidth={scaled(180)} className="pl-5">
                Key
              </Column>
              <Column id="value" width="1.6fr" minWidth={scaled(190)}>
                Value
              </Column>
              <Column id="kind" width={scaled(98)}>
                Kind
              </Column>
            </TableHeader>
            <TableBody
              items={shown}
              renderEmptyState={() => (
                <p className="px-5 py-3 text-text-2">
                  {rows.length === 0
                    ? 'No variables yet. Add one, edit as text, or import a .env file.'
                    : `No key holds “${deferred.trim()}”.`}
                </p>
              )}
            >
              {(row) => <VariableRow id={row.id} row={row} />}
            </TableBody>
          </LongTable>
          <EditorLayer rows={rows} anchor={anchor} />
        </div>
      </GridContext>
      <RowMenu open={menu} onClose={() => setMenu(undefined)} />
      {counts.total === 0 ? null : (
        <DraftBar
          id={id}
          counts={counts}
          isSaving={isSaving}
          obstacle={obstacleOf(errors, isStale)}
          isReview={reviews}
          onReview={setReview}
        />
      )}
    </div>
  );
}

const obstacleOf = (errors: number, isStale: boolean): string | undefined => {
  if (isStale) return 'The variables have changed: see above.';
  return errors === 0 ? undefined : `${plural(errors, 'key')} to mend first`;
};

const isInButton = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('button') !== null;

/** The editor of a cell, in a frame of its own beside the grid, whose keys are not its. */
function EditorLayer({
  rows,
  anchor,
}: {
  readonly rows: readonly Row[];
  readonly anchor: HTMLElement | null;
}) {
  const editing = useFeature('environment', (state) => state.editing);
  const layer = useRef<HTMLDivElement>(null);
  return (
    <div ref={layer} className="pointer-events-none absolute inset-0 *:pointer-events-auto">
      {editing === undefined ? null : (
        <CellEditor
          key={`${editing.field} ${editing.row.id}`}
          editing={editing}
          rows={rows}
          anchor={anchor}
          frame={layer}
        />
      )}
    </div>
  );
}

/** Rows that show a value, or say what is wrong. */
function tallRows(
  rows: readonly Row[],
  revealed: ReadonlyMap<string, string>,
  faults: ReadonlyMap<string, ErrorReport>,
  issues: ReadonlyMap<string, KeyIssue>,
): TallRows {
  const contents = new Map<string, string>();
  const add = (id: string, text: string | undefined): void => {
    if (text !== undefined) contents.set(id, `${contents.get(id) ?? ''}\n${text}`);
  };
  for (const [id, value] of revealed) add(id, value);
  for (const [id, fault] of faults) add(id, fault.message);
  for (const row of rows) {
    if (row.change !== 'none') add(row.id, issues.get(row.id)?.message);
  }
  return contents;
}

function shownRows(rows: readonly Row[], filter: string, reviews: boolean): readonly Row[] {
  const text = filter.trim().toLowerCase();
  if (text === '' && !reviews) return rows;
  return rows.filter(({ key, origin, change }) => {
    if (reviews && change === 'none') return false;
    // What was just added stays in sight.
    if (change === 'added') return true;
    return [key, origin?.key ?? ''].some((name) => name.toLowerCase().includes(text));
  });
}

const changeWords = {
  none: '',
  added: 'added, not saved',
  changed: 'changed, not saved',
  removed: 'to be removed, not saved',
} as const;

interface VariableRowProps {
  /** Also what the table tells its items apart by: their keys may change, or be there twice. */
  readonly id: string;
  readonly row: Row;
}

const VariableRow = ({ id, row }: VariableRowProps) => (
  <TableRow id={id} textValue={row.key}>
    <Cell focusMode="cell" className="relative pl-5">
      <KeyCell row={row} />
    </Cell>
    <Cell focusMode="cell" className="relative flex-wrap-reverse items-end gap-x-2 gap-y-1">
      <ValueCell row={row} />
    </Cell>
    <Cell focusMode="cell">
      <KindChip row={row} />
      <span className="sr-only">{changeWords[row.change]}</span>
    </Cell>
  </TableRow>
);

const SKELETON_WIDTHS = ['w-24', 'w-36', 'w-20', 'w-40', 'w-28', 'w-32', 'w-24', 'w-36'] as const;

/** The grid's outline: what comes stands where this stood. */
export const VariablesSkeleton = () => (
  <div aria-hidden className="min-h-0 flex-1 overflow-hidden">
    <div className="px-5 py-2.5">
      <div className="h-7.5 w-full max-w-75 rounded-md border border-line" />
    </div>
    <div className="h-7.5 border-b border-line" />
    {SKELETON_WIDTHS.map((width, index) => (
      // oxlint-disable-next-line react/no-array-index-key -- a fixed list of outlines
      <div
        key={index}
        className="grid h-8.5 grid-cols-[1fr_1.6fr_7rem] items-center border-b border-line px-5"
      >
        <Skeleton className={width} />
        <Skeleton className="w-28" />
        <Skeleton className="w-12" />
      </div>
    ))}
  </div>
);
