/** The variables as a grid that is used like a spreadsheet: by arrows, ranges, typing, copy and paste. */
import type { ErrorReport } from '@shared/errors';
import type { KeyIssue } from '@shared/model/key-rules';
import type { Variable } from '@shared/model/variable';
import {
  memo,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ClipboardEvent,
  type ComponentType,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
} from 'react';
import { flushSync } from 'react-dom';
import {
  Cell as AriaCell,
  Row as AriaRow,
  TableBody,
  TableHeader,
  type Selection,
} from 'react-aria-components';
import { commandOf } from '../../app/shortcuts';
import { useFeature, useStores } from '../../app/stores';
import { cellClass, Column, LongTable, rowClass } from '../../components/table';
import type { TallRows } from '../../components/tall-rows-layout';
import { cx } from '../../lib/class-names';
import { plural } from '../../lib/format';
import { scaled } from '../../lib/rem';
import { CellEditor } from './cell-editor';
import { additionId, isWholeSecret, putValues, type Row } from './draft';
import { GridContext, RowsContext, useRow, type Grid } from './grid-context';
import { checkText } from './import/import-plan';
import { KeyCell } from './key-cell';
import { KindChip } from './kind-chip';
import { readPaste, type Place } from './paste';
import { RowMenu, type OpenMenu } from './row-menu';
import { disabling, removal, rowsAround, selectedRows, type Change } from './selected-rows';
import { useTableFocus } from './table-focus';
import { ValueCell } from './value-cell';

interface Props {
  readonly id: string;
  readonly variables: readonly Variable[];
  /** All rows, and those of them that are in sight. */
  readonly rows: readonly Row[];
  readonly shown: readonly Row[];
  readonly issues: ReadonlyMap<string, KeyIssue>;
  readonly isReadOnly: boolean;
  /** Whether variables can be added. */
  readonly isMap: boolean;
  /** What stands there where no row does. */
  readonly empty: string;
  readonly onSelected: (count: number) => void;
}

/** Where an event happened. */
interface Spot {
  readonly row: Row;
  readonly place: Place;
  /** The row itself, where the event is about no cell of it. */
  readonly element: HTMLElement;
  /** Which cell, counted from 0. */
  readonly cell: number | undefined;
}

/** What the columns are to a paste. */
const PLACES = ['key', 'value'] as const satisfies readonly Place[];

const fieldOf = ({ row, place }: Spot) =>
  place === 'key' && !isWholeSecret(row) ? ('key' as const) : ('value' as const);

/** A key that writes a character; `?` is left to the page of shortcuts. */
const writes = (event: KeyboardEvent): boolean =>
  event.key.length === 1 &&
  !/[ ?]/.test(event.key) &&
  (event.getModifierState('AltGraph') || !(event.ctrlKey || event.metaKey || event.altKey));

export function VariablesGrid({
  id,
  variables,
  rows,
  shown,
  issues,
  isReadOnly,
  isMap,
  empty,
  onSelected,
}: Props) {
  const { environment, drafts, announcements, commands } = useStores();
  const revealed = useFeature('environment', (state) => state.revealed);
  const faults = useFeature('environment', (state) => state.faults);
  const isAdding = useFeature('environment', ({ editing }) => editing?.row.addition !== undefined);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [menu, setMenu] = useState<OpenMenu>();
  const frame = useRef<HTMLDivElement>(null);
  const selection = useRef<Selection>(new Set<string>());
  const { focus, tap } = useTableFocus();

  const byId = useMemo(() => new Map(rows.map((row) => [row.id, row])), [rows]);
  const names = useNames(shown);
  const places = useMemo(() => new Map(shown.map((row, at) => [row.id, at])), [shown]);
  const tall = useMemo(
    () => tallRows(rows, revealed, faults, issues),
    [rows, revealed, faults, issues],
  );

  const latest = useRef({ shown, places });
  useEffect(() => {
    latest.current = { shown, places };
    onSelected(selectedRows(shown, selection.current).length);
  }, [shown, places, onSelected]);

  const onSelection = useCallback(
    (next: Selection) => {
      selection.current = next;
      onSelected(selectedRows(latest.current.shown, next).length);
    },
    [onSelected],
  );
  const openMenu = useCallback(
    (row: Row, at: HTMLElement) =>
      setMenu({ rows: rowsAround(row, latest.current.shown, selection.current), at }),
    [],
  );
  const focusNeighbour = useCallback<Grid['focusNeighbour']>(
    (rowId, by, field) => {
      const at = latest.current.places.get(rowId);
      const row = at === undefined ? undefined : latest.current.shown[at + by];
      if (row !== undefined) focus.goTo([row.id], field);
    },
    [focus],
  );
  const grid = useMemo<Grid>(
    () => ({ issues, isReadOnly, setAnchor, openMenu, focusNeighbour }),
    [issues, isReadOnly, openMenu, focusNeighbour],
  );

  useEffect(() => {
    // What is added stands at the end, which has to be drawn before it can be typed into.
    if (!isAdding || anchor !== null) return undefined;
    const request = requestAnimationFrame(() => {
      const table = frame.current?.querySelector('[role="grid"]');
      table?.scrollTo({ top: table.scrollHeight });
    });
    return () => cancelAnimationFrame(request);
  }, [isAdding, anchor]);

  const spotOf = (target: EventTarget): Spot | undefined => {
    if (!(target instanceof HTMLElement)) return undefined;
    const element = target.closest<HTMLElement>('[role="row"]');
    const at = places.get(element?.dataset['key'] ?? '');
    const row = at === undefined ? undefined : shown[at];
    if (element === null || row === undefined) return undefined;
    const cell = target.closest<HTMLElement>('[role="gridcell"],[role="rowheader"]');
    if (cell === null) return { row, place: 'row', element, cell: undefined };
    const column = Number(cell.getAttribute('aria-colindex')) - 1;
    return { row, place: PLACES[column] ?? 'row', element: cell, cell: column };
  };

  const around = (row: Row): readonly Row[] => rowsAround(row, shown, selection.current);

  const onChange = (change: Change | undefined, changed: readonly Row[]): void => {
    if (change === undefined) return;
    environment.getState().alter(change.alter);
    if (changed.length === 1) return;
    const text = `${plural(changed.length, 'variable')} ${change.said}. Undo takes it back.`;
    announcements.getState().say(text, 'info');
  };

  /** Whether the key meant something here. */
  const onKey = (event: KeyboardEvent, spot: Spot): boolean => {
    const { row, element, cell } = spot;
    const { edit } = environment.getState();
    if (cell !== undefined && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      focus.step(row.id, cell, event.key === 'ArrowLeft' ? -1 : 1);
    } else if (isReadOnly) return false;
    else if (event.key === 'Enter' || event.key === 'F2') void edit(row, fieldOf(spot));
    else if (event.key === 'Delete' || event.key === 'Backspace') {
      onChange(removal(around(row)), around(row));
    } else if (event.key === ' ') onChange(disabling(around(row)), around(row));
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      openMenu(row, element);
    } else return false;
    return true;
  };

  const onKeyDownCapture = (event: KeyboardEvent): void => {
    const { target } = event;
    const spot = spotOf(target);
    if (spot === undefined || !(target instanceof HTMLElement)) return;
    if (event.key === 'Tab') {
      const next = besideInCell(target, spot, event.shiftKey);
      if (next === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      next.focus();
      return;
    }
    // Buttons inside a cell have their own use for the other keys.
    if (target !== spot.element) return;
    if (!isReadOnly && writes(event)) {
      // The editor takes the focus before the character is written, which goes into it by itself.
      event.stopPropagation();
      flushSync(() => environment.getState().typeOver(spot.row, fieldOf(spot)));
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) {
      // The window's shortcuts come before what a table makes of the same keys.
      const command = commandOf(event);
      if (command === undefined || !commands.getState().run(command)) return;
    } else if (!onKey(event, spot)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onCopy = (event: ClipboardEvent): void => {
    const spot = spotOf(event.target);
    // What is selected as text is copied as such.
    if (spot === undefined || window.getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    const { copy, copyRows } = environment.getState();
    const copied = around(spot.row);
    if (copied.length > 1 || spot.place === 'row') void copyRows(copied);
    else if (spot.place === 'value' || isWholeSecret(spot.row)) void copy(spot.row);
    else event.clipboardData.setData('text/plain', spot.row.key);
  };

  const pasteVariables = (text: string, { entries, hasProblems }: PastedVariables): void => {
    const keys = new Set(rows.filter(({ change }) => change !== 'removed').map(({ key }) => key));
    if (hasProblems || entries.some(({ key }) => keys.has(key))) {
      // What it would change is looked at first.
      environment.getState().importText(text);
      return;
    }
    environment.getState().alter((draft) => putValues(draft, variables, entries));
    const additions = drafts.getState().histories.get(id)?.present.additions ?? [];
    focus.goTo(additions.slice(-entries.length).map((one) => additionId(one.id)));
    announcements
      .getState()
      .say(`${plural(entries.length, 'variable')} pasted. Save to keep them.`, 'info');
  };

  const pasteText = (spot: Spot, text: string): void => {
    const field = fieldOf(spot);
    if (field === 'key' && /[\r\n]/.test(text)) {
      announcements.getState().say('A key is one line. Paste this into a value.', 'bad');
    } else environment.getState().put(spot.row, field, text);
  };

  const onPaste = (event: ClipboardEvent): void => {
    if (isReadOnly || isField(event.target)) return;
    const spot = spotOf(event.target);
    event.preventDefault();
    const { text, refusal } = checkText(event.clipboardData.getData('text/plain'));
    if (refusal !== undefined) return announcements.getState().say(refusal, 'bad');
    const pasted = readPaste(text, isMap ? (spot?.place ?? 'row') : 'value');
    if (pasted.kind === 'variables') pasteVariables(text, pasted);
    else if (spot !== undefined && pasted.text !== '') pasteText(spot, pasted.text);
  };

  /** A click is for the row; the cell under it is where one goes on by keys. */
  const onClick = (event: MouseEvent): void => {
    const spot = spotOf(event.target);
    if (spot?.cell === undefined || isInButton(event.target)) return;
    focus.cell(spot.row.id, spot.cell);
  };

  const onDoubleClick = (event: MouseEvent): void => {
    const spot = spotOf(event.target);
    if (spot === undefined || isReadOnly || isInButton(event.target)) return;
    void environment.getState().edit(spot.row, fieldOf(spot));
  };

  const onContextMenu = (event: MouseEvent): void => {
    const spot = spotOf(event.target);
    if (spot === undefined || isReadOnly) return;
    event.preventDefault();
    openMenu(spot.row, spot.element);
  };

  return (
    <GridContext value={grid}>
      {/* Keys and clicks of the grid as a whole: its rows and cells are React Aria's. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events */}
      <div
        ref={frame}
        className="relative flex min-h-0 flex-1 flex-col overflow-hidden"
        onKeyDownCapture={onKeyDownCapture}
        onCopy={onCopy}
        onPaste={onPaste}
        onClick={onClick}
        onDoubleClick={onDoubleClick}
        onContextMenu={onContextMenu}
      >
        <RowsContext value={byId}>
          <VariablesTable
            names={names}
            tall={tall}
            tap={tap}
            empty={empty}
            onSelection={onSelection}
          />
        </RowsContext>
        <EditorLayer rows={rows} anchor={anchor} />
      </div>
      <RowMenu open={menu} onClose={() => setMenu(undefined)} onChange={onChange} />
    </GridContext>
  );
}

type PastedVariables = Extract<ReturnType<typeof readPaste>, { kind: 'variables' }>;

const isInButton = (target: EventTarget): boolean =>
  target instanceof Element && target.closest('button') !== null;

const isField = (target: EventTarget): boolean =>
  target instanceof Element && target.matches('input, textarea');

/** The next button of the cell, or before its first one the cell; nothing where Tab leaves the grid. */
function besideInCell(
  target: HTMLElement,
  { element, cell }: Spot,
  back: boolean,
): HTMLElement | undefined {
  if (cell === undefined) return undefined;
  const stops = [element, ...element.querySelectorAll<HTMLElement>('button, pre[tabindex]')];
  return stops[stops.indexOf(target) + (back ? -1 : 1)];
}

/** What the table tells a row by. */
interface Name {
  readonly id: string;
  readonly key: string;
}

/**
 * The same names as long as no row comes, goes or is renamed: thousands of rows are gone through whenever
 * the table gets others, which an edit of a value is no reason for.
 */
function useNames(shown: readonly Row[]): readonly Name[] {
  const [names, setNames] = useState<readonly Name[]>([]);
  const next = useMemo(() => {
    const before = new Map(names.map((name) => [name.id, name]));
    const all = shown.map(({ id, key }) => {
      const name = before.get(id);
      return name?.key === key ? name : { id, key };
    });
    const isSame = all.length === names.length && all.every((name, index) => name === names[index]);
    return isSame ? names : all;
  }, [names, shown]);
  if (next !== names) setNames(next);
  return next;
}

interface TableProps {
  readonly names: readonly Name[];
  readonly tall: TallRows;
  readonly tap: ReactNode;
  readonly empty: string;
  readonly onSelection: (selection: Selection) => void;
}

/** Apart from what changes around it: thousands of rows are gone through whenever it is drawn anew. */
const VariablesTable = memo(function VariablesTable({
  names,
  tall,
  tap,
  empty,
  onSelection,
}: TableProps) {
  const content = useMemo(
    () => (
      <>
        <TableHeader>
          <Column id="key" isRowHeader width="1fr" minWidth={scaled(180)} className="pl-5">
            Key
            {tap}
          </Column>
          <Column id="value" width="1.6fr" minWidth={scaled(190)}>
            Value
          </Column>
          <Column id="kind" width={scaled(98)}>
            Kind
          </Column>
        </TableHeader>
        <TableBody
          items={names}
          renderEmptyState={() => <p className="px-5 py-3 text-text-2">{empty}</p>}
        >
          {drawRow}
        </TableBody>
      </>
    ),
    [names, tap, empty],
  );
  return (
    <LongTable
      aria-label="Variables"
      tall={tall}
      selectionMode="multiple"
      selectionBehavior="replace"
      onSelectionChange={onSelection}
    >
      {content}
    </LongTable>
  );
});

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

const NO_TALL_ROWS: TallRows = new Map();

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
  return contents.size === 0 ? NO_TALL_ROWS : contents;
}

const changeWords = {
  none: '',
  added: 'added, not saved',
  changed: 'changed, not saved',
  removed: 'to be removed, not saved',
} as const;

const keyClass = cx(cellClass, 'relative pl-5');
const valueClass = cx(cellClass, 'relative flex-wrap-reverse items-end gap-x-2 gap-y-1');

const KindCell = memo(function KindCell({ row }: { readonly row: Row }) {
  return (
    <>
      <KindChip row={row} />
      <span className="sr-only">{changeWords[row.change]}</span>
    </>
  );
});

interface ContentProps {
  readonly id: string;
  readonly of: ComponentType<{ readonly row: Row }>;
}

function Content({ id, of: Cell }: ContentProps) {
  const row = useRow(id);
  return row === undefined ? null : <Cell row={row} />;
}

const drawRow = ({ id, key }: Name) => (
  // The table tells its rows apart by their ids: their keys may change, or be there twice.
  <AriaRow id={id} textValue={key} className={rowClass}>
    <AriaCell focusMode="cell" className={keyClass}>
      <Content id={id} of={KeyCell} />
    </AriaCell>
    <AriaCell focusMode="cell" className={valueClass}>
      <Content id={id} of={ValueCell} />
    </AriaCell>
    <AriaCell focusMode="cell" className={cellClass}>
      <Content id={id} of={KindCell} />
    </AriaCell>
  </AriaRow>
);
